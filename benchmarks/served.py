"""Servers that a benchmark asks from another process: ours, and what is as bare as possible.

    python -m benchmarks.served ours DIRECTORY      Tasktrail, with tasks to look at
    python -m benchmarks.served fan-out             a line every 100 ms for all who connect
    python -m benchmarks.served bare DIRECTORY      FastAPI, with the bytes in the files there

Each prints one JSON object when it is ready, and leaves when its input is closed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Response

from benchmarks.turn import CHECKOUT
from tasktrail.actions.identity.token import KeySecret, digest_of, new_token
from tasktrail.bootstrap import World, clock, open_world, serve_http
from tasktrail.model.credential import KeyKind
from tasktrail.store.identity.keys import add_key, set_secret
from tasktrail.store.transaction import Transaction

KEYS = 10
"""A key has a limit of streams."""

BETWEEN_LINES = 0.1
"""Seconds."""

FOLLOWED = f"""
name: followed
jobs:
  main:
    steps:
      - run: >-
          until test -e "$INPUT_UNTIL"; do date +%s%N; sleep {BETWEEN_LINES}; done
inputs: {{until: string}}
"""
HELLO = """
name: hello
jobs:
  build: {steps: [{run: echo one}, {run: echo two}]}
  test: {after: [build], steps: [{run: echo three}]}
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs: its process, and what it printed."""

    process: int
    figures: dict[str, Any]


@contextmanager
def served(*arguments: str) -> Generator[Served]:
    """A server in a process of its own, ready to be asked."""
    command = [sys.executable, "-m", "benchmarks.served", *arguments]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        line = running.stdout.readline()
        if not line:
            sys.exit(f"{' '.join(command)} did not start")
        yield Served(running.pid, json.loads(line))
        running.stdin.close()


async def _ours(directory: Path) -> None:
    definitions = directory / "data" / "definitions"
    definitions.mkdir(parents=True)
    (definitions / "followed.yml").write_text(FOLLOWED)
    (definitions / "hello.yml").write_text(HELLO)
    async with (
        open_world(directory / "data", engine=True) as world,
        serve_http(world, "127.0.0.1:0", "benchmark") as server,
    ):
        keys = [await _key(world) for _ in range(KEYS)]
        await _told({"port": int(server.url.rpartition(":")[2]), "keys": keys})


async def _key(world: World) -> str:
    token = new_token()
    organization_id = world.installation.organization_id

    def enter(transaction: Transaction) -> int:
        connection = transaction.connection
        key_id = add_key(
            connection,
            organization_id=organization_id,
            kind=KeyKind.ROBOT,
            user_id=None,
            name="benchmark",
            now=clock(),
            expires_at=None,
        )
        set_secret(connection, key_id, prefix=token[:8], digest=digest_of(token))
        return key_id

    return str(KeySecret(await world.installation.decisions.store.write(enter), token))


async def _fan_out() -> None:
    """The least that can be done: the same line to every connection, one after the other."""
    writers: set[asyncio.StreamWriter] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        with suppress(ConnectionResetError):
            await reader.read(-1)
        writers.discard(writer)
        writer.close()

    async def tell() -> None:
        while True:
            await asyncio.sleep(BETWEEN_LINES)
            line = f'data: {{"message":"{time.time_ns()}"}}\n\n'.encode()
            for writer in writers:
                writer.write(line)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=2048)
    telling = asyncio.ensure_future(tell())
    await _told({"port": server.sockets[0].getsockname()[1], "keys": [""]})
    telling.cancel()
    server.close()


async def _bare(directory: Path) -> None:
    """An endpoint for each file in a directory, which answers what is in it."""
    app = FastAPI(openapi_url=None)
    for file in directory.iterdir():
        _add(app, file.name, file.read_bytes())
    # Of this protocol by name, or asyncio does not have small answers sent at once.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    server = uvicorn.Server(
        uvicorn.Config(app, http="h11", ws="none", lifespan="off", access_log=False, log_level=50)
    )
    serving = asyncio.ensure_future(server.serve([listener]))
    await _told({"port": listener.getsockname()[1], "keys": [""]})
    server.should_exit = True
    await serving


def _add(app: FastAPI, name: str, body: bytes) -> None:
    async def answer() -> Response:
        return Response(body, media_type="application/json")

    app.get(f"/{name}")(answer)


def submit(server: Served, definition: str, **inputs: str) -> int:
    """Submit a task to a server of ours; its id."""
    wish = {"definition": definition, "inputs": inputs}
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.figures['port']}/v1/tasks",
        json.dumps(wish).encode(),
        {"Content-Type": "application/json", "X-API-KEY": server.figures["keys"][0]},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request) as answer:
        return json.load(answer)["taskId"]


async def _told(figures: dict[str, Any]) -> None:
    """Say that the server is ready; return when it is to leave."""
    print(json.dumps(figures), flush=True)
    left, loop = asyncio.Event(), asyncio.get_running_loop()

    def wait() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(left.set)

    threading.Thread(target=wait, daemon=True).start()
    await left.wait()


def main() -> None:
    """Serve what the command line names."""
    logging.disable(logging.WARNING)
    kind, *rest = sys.argv[1:]
    match kind:
        case "ours":
            asyncio.run(_ours(Path(rest[0])))
        case "fan-out":
            asyncio.run(_fan_out())
        case _:
            asyncio.run(_bare(Path(rest[0])))


if __name__ == "__main__":
    main()
