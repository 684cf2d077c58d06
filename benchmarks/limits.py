"""What the machine can do at most, measured beside the contestants."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

GROUP = 200
"""Rows of one commit, when they are committed in groups."""

_SECONDS = 1.0
_ROW = "x" * 200
_INSERT = "INSERT INTO records (text) VALUES (?)"


def single_commits(directory: Path) -> float:
    """Durable SQLite commits of one row each, one after another, per second."""
    with closing(_database(directory)) as connection:
        return _per_second(lambda: connection.execute(_INSERT, (_ROW,)))


def grouped_rows(directory: Path) -> float:
    """Rows per second when each durable SQLite commit holds `GROUP` of them."""
    rows = [(_ROW,)] * GROUP

    def commit(connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN")
        connection.executemany(_INSERT, rows)
        connection.execute("COMMIT")

    with closing(_database(directory)) as connection:
        return GROUP * _per_second(lambda: commit(connection))


def spawns(_directory: Path) -> float:
    """Processes of `true`, one after another, per second."""
    return _per_second(_spawn)


def shells(_directory: Path) -> float:
    """`sh -c true` with a pipe and a session of its own, one after another, per second."""
    return _per_second(_shell)


def parallel_shells(_directory: Path) -> float:
    """Like `shells`, with one at a time for each core."""
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as threads:
        rates = [threads.submit(_per_second, _shell) for _ in range(cores)]
        return sum(rate.result() for rate in rates)


def _database(directory: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(directory / "limit.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS records (id INTEGER PRIMARY KEY, text TEXT)")
    return connection


def _shell() -> None:
    read, write = os.pipe()
    pid = os.posix_spawnp(
        "sh",
        ["sh", "-c", "true"],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, write, 1), (os.POSIX_SPAWN_DUP2, write, 2)],
        setsid=True,
    )
    os.close(write)
    while os.read(read, 4096):
        pass
    os.close(read)
    os.waitpid(pid, 0)


def _spawn() -> None:
    os.waitpid(os.posix_spawnp("true", ["true"], os.environ), 0)


def _per_second(deed: Callable[[], object]) -> float:
    start = time.perf_counter()
    done = 0
    while time.perf_counter() - start < _SECONDS:
        deed()
        done += 1
    return done / (time.perf_counter() - start)
