"""P8: from the start of a server until it is ready, and its memory when it idles.

Ours is ready when its socket answers; a peer when it has run a first task, since none of them says
so by itself. Each has an empty directory and has to lay out its records in it.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.contest import Limits, Standings, progress, standings_table
from benchmarks.entrants import OURS, Entrant
from benchmarks.measure import json_line, machine, medians
from benchmarks.memory import proportional_mib
from benchmarks.terms import Terms, read_terms
from benchmarks.turn import EntrantFailedError, scratch, turn
from tasktrail.local.socket_transport import SocketTransport

_IDLE = 5.0
"""Seconds after which a server has settled."""

INTERPRETER = "python -c pass"
AGAIN = Entrant("Tasktrail, 2nd start", OURS.module, OURS.durability, peer=False)


def main() -> None:
    """Print the tables and the JSON line."""
    terms = read_terms(tasks=1)
    starts, memory = _measure(terms)
    limits: Limits = {INTERPRETER: _interpreter}
    print(f"P8  start on an empty directory; {machine()}")
    entrants = [OURS, AGAIN, *terms.peers]
    print(standings_table(starts, entrants, limits, "start, ms", lower_is_better=True))
    print(standings_table(memory, [OURS, *terms.peers], {}, "idle, MiB", lower_is_better=True))
    best = starts.best_peer(terms, lower_is_better=True)
    smallest = memory.best_peer(terms, lower_is_better=True)
    print(
        json_line(
            "P8",
            ratio_best_peer=best and round(starts.ratio(best, lower_is_better=True), 3),
            ratio_limit=round(starts.ratio(INTERPRETER, lower_is_better=True), 3),
            ratio_smallest_peer=smallest and round(memory.ratio(smallest, lower_is_better=True), 3),
            best_peer=best,
            smallest_peer=smallest,
            rounds=terms.rounds,
            start_milliseconds=medians(starts.figures),
            idle_mebibytes=medians(memory.figures),
            missing=starts.missing,
        )
    )


def _measure(terms: Terms) -> tuple[Standings, Standings]:
    starts, memory = Standings(), Standings()
    with progress(terms.rounds * (2 + len(terms.peers))) as begin:
        for _ in range(terms.rounds):
            begin(OURS.name)
            with scratch() as directory:
                data = directory / "data"
                milliseconds, mebibytes = _start_ours(data, idle=_IDLE)
                starts.note(OURS.name, milliseconds)
                memory.note(OURS.name, mebibytes)
                starts.note(AGAIN.name, _start_ours(data, idle=0)[0])
                starts.note(INTERPRETER, _interpreter(directory))
            for peer in terms.peers:
                begin(peer.name)
                _start_peer(peer, starts, memory)
    return starts, memory


def _start_ours(data: Path, *, idle: float) -> tuple[float, float]:
    """Milliseconds until the socket of `tasktrail up` answers, and MiB after `idle` seconds."""
    program = Path(sys.executable).parent / "tasktrail"
    start = time.perf_counter()
    server = subprocess.Popen(
        [program, "--data", data, "up", "--listen", "127.0.0.1:0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        asyncio.run(_answer(server, data))
        ready = time.perf_counter() - start
        time.sleep(idle)
        return ready * 1000, proportional_mib([server.pid])
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


async def _answer(server: subprocess.Popen[bytes], data: Path) -> None:
    """Return once a request to the server was answered."""
    while True:
        transport = await SocketTransport.open(data, version="benchmark")
        if transport is not None:
            await transport.call("tasks", {})
            transport.close()
            return
        if server.poll() is not None:
            sys.exit("`tasktrail up` did not start")
        await asyncio.sleep(0.002)


def _start_peer(peer: Entrant, starts: Standings, memory: Standings) -> None:
    if peer.name in starts.missing:
        return
    start = time.perf_counter()
    try:
        with turn(peer, "ready") as taken:
            ready = time.perf_counter() - start
            time.sleep(_IDLE)
            servers: list[int] = taken.figures["servers"]
            mebibytes = proportional_mib([taken.process, *servers])
        starts.note(peer.name, ready * 1000)
        memory.note(peer.name, mebibytes)
    except EntrantFailedError as reason:
        starts.drop(peer.name, str(reason))
        memory.drop(peer.name, str(reason))


def _interpreter(_directory: Path) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
