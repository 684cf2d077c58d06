"""Requests per second of the API, beside a bare FastAPI endpoint that returns the same bytes.

Eight connections ask as fast as they are answered, from a process of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path
from statistics import median

from benchmarks.measure import json_line, machine, number, spread, table
from benchmarks.served import Served, served, submit
from benchmarks.terms import from_environment
from benchmarks.turn import scratch

CONNECTIONS = 8
TASKS = 100
"""More than a page of the list."""


class _Asking(asyncio.Protocol):
    """Asks the same again and again; an answer is whole when it is as long as the first one."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self.first: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if found and len(body) >= _length(bytes(head)):
            if not self.first.done():
                assert head.startswith(b"HTTP/1.1 200"), bytes(self._received)
                self.first.set_result(bytes(body))
            self._received.clear()
            self.count += 1
            assert self._transport is not None
            self._transport.write(self._head)


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


def main() -> None:
    """Print the table and the JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=from_environment("ROUNDS", 5))
    parser.add_argument("--seconds", type=float, default=from_environment("SECONDS", 3))
    asked = parser.parse_args()
    with scratch() as directory, served("ours", str(directory)) as ours:
        task_ids = [submit(ours, "hello") for _ in range(TASKS)]
        paths = {"GET /v1/tasks/{id}": f"/v1/tasks/{task_ids[0]}", "GET /v1/tasks": "/v1/tasks"}
        time.sleep(_SETTLING)
        bodies = directory / "bodies"
        bodies.mkdir()
        sizes = _keep(bodies, ours, paths)
        rates: dict[str, dict[str, list[float]]] = {name: {} for name in paths}
        with served("bare", str(bodies)) as bare:
            for _ in range(asked.rounds):
                for number_, (name, path) in enumerate(paths.items()):
                    for who, server, asked_path in (
                        ("ours", ours, path),
                        ("bare", bare, f"/{number_}"),
                    ):
                        rate = asyncio.run(_rate(server, asked_path, asked.seconds))
                        rates[name].setdefault(who, []).append(rate)
    print(f"API  {CONNECTIONS} connections, {asked.seconds:g} s a turn; {machine()}")
    print(table(["", "bytes", "requests/s", "bare", "ratio", "rounds"], _rows(rates, sizes)))
    print(
        json_line(
            "API",
            ratio_limit={name: round(_ratio(found), 3) for name, found in rates.items()},
            ratio_best_peer=None,
            rounds=asked.rounds,
            per_second={
                name: {who: round(median(values), 1) for who, values in found.items()}
                for name, found in rates.items()
            },
        )
    )


_SETTLING = 5.0
"""Seconds in which all tasks have ended."""


def _keep(bodies: Path, ours: Served, paths: dict[str, str]) -> dict[str, int]:
    """Write what ours answers to each path into a file, for the bare server; the sizes."""
    sizes: dict[str, int] = {}
    for position, (name, path) in enumerate(paths.items()):
        body = asyncio.run(_answer(ours, path))
        (bodies / str(position)).write_bytes(body)
        sizes[name] = len(body)
    return sizes


async def _answer(server: Served, path: str) -> bytes:
    (asking,) = await _ask(server, path, 1)
    return await asking.first


async def _rate(server: Served, path: str, seconds: float) -> float:
    asking = await _ask(server, path, CONNECTIONS)
    await asyncio.gather(*(one.first for one in asking))
    before, start = sum(one.count for one in asking), time.perf_counter()
    await asyncio.sleep(seconds)
    return (sum(one.count for one in asking) - before) / (time.perf_counter() - start)


async def _ask(server: Served, path: str, connections: int) -> list[_Asking]:
    keys = server.figures["keys"]
    loop = asyncio.get_running_loop()
    asking: list[_Asking] = []
    for position in range(connections):
        key = keys[position % len(keys)]
        head = f"GET {path} HTTP/1.1\r\nHost: benchmark\r\nX-API-KEY: {key}\r\n\r\n".encode()
        _, one = await loop.create_connection(
            lambda head=head: _Asking(head), "127.0.0.1", server.figures["port"]
        )
        asking.append(one)
    return asking


def _ratio(found: dict[str, list[float]]) -> float:
    return median(found["ours"]) / median(found["bare"])


def _rows(rates: dict[str, dict[str, list[float]]], sizes: dict[str, int]) -> list[list[str]]:
    return [
        [
            name,
            f"{sizes[name]:,}",
            number(median(found["ours"])),
            number(median(found["bare"])),
            number(_ratio(found)),
            spread(found["ours"]),
        ]
        for name, found in rates.items()
    ]


if __name__ == "__main__":
    main()
