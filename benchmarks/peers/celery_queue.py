"""Celery on a Redis that appends to its file with fsync; run by a pool of processes."""

# The packages of peers are not installed where types are checked, so nothing is known of theirs.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUntypedFunctionDecorator=false, reportFunctionMemberAccess=false

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from celery import Celery
from celery.result import AsyncResult
from redis import Redis
from redis.exceptions import ConnectionError as NotThereError

from benchmarks import work
from benchmarks.contract import WORKERS, NotOfferedError, Work, take_part
from benchmarks.peers.programs import program, running, until

_SOCKET = "BENCHMARK_REDIS_SOCKET"


def _addressed(path: str) -> dict[str, str]:
    return {"broker": f"redis+socket://{path}", "backend": f"redis+socket://{path}?virtual_host=1"}


app = Celery("benchmark", **_addressed(os.environ.get(_SOCKET, "")))


@app.task(name="perform")
def perform(function: str, arguments: dict[str, str | int]) -> None:
    """Run a function of `benchmarks.work`."""
    getattr(work, function)(**arguments)


class CeleryQueue:
    """Tasks of a queue; one has ended when its result is stored."""

    def __init__(self) -> None:
        self._results: list[AsyncResult] = []

    def submit(self, work: Work, count: int) -> None:
        """See `Contestant.submit`."""
        if work.lock is not None:
            raise NotOfferedError("tasks cannot wait for a lock")
        for _ in range(count):
            self._results.append(perform.delay(work.function, dict(work.arguments)))

    def wait(self) -> None:
        """See `Contestant.wait`."""
        for result in self._results:
            result.get(timeout=600)
        self._results.clear()

    def wide(self, jobs: int, milliseconds: int) -> None:
        """See `Contestant.wide`."""
        del jobs, milliseconds
        raise NotOfferedError("a group is no task of its own")

    def servers(self) -> list[int]:
        """See `Contestant.servers`."""
        return []


@contextmanager
def opened(directory: Path) -> Generator[CeleryQueue]:
    """A Redis in `directory`, and a worker."""
    path = str(directory / "redis.sock")
    server = (
        *(shutil.which("redis-server") or program("redis-server"), "--port", "0"),
        *("--unixsocket", path, "--dir", str(directory), "--save", ""),
        *("--appendonly", "yes", "--appendfsync", "always"),
    )
    worker = (
        *(sys.executable, "-m", "celery", "-A", "benchmarks.peers.celery_queue", "-q", "worker"),
        *("-c", str(WORKERS), "-l", "ERROR", "--without-gossip", "--without-mingle"),
    )
    app.conf.update(broker_url=_addressed(path)["broker"])
    app.conf.update(result_backend=_addressed(path)["backend"])
    with running(server, directory / "redis-log"):
        until(lambda: _answers(path), patience=30.0)
        with running(worker, directory / "worker-log", {_SOCKET: path}):
            yield CeleryQueue()


def _answers(path: str) -> bool:
    try:
        with Redis(unix_socket_path=path) as redis:
            return bool(redis.ping())
    except NotThereError:
        return False


if __name__ == "__main__":
    take_part(opened)
