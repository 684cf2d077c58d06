"""What a contestant offers, and how it is measured: the same code for ours and for every peer.

A contestant is a program, `python -m MODULE FIGURE --directory D --count N ...`, in a process of
its own, that prints one line of JSON. Needs the standard library only, since peers have an
environment of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn, Protocol

from benchmarks.processor import processor_seconds

WORKERS = 8 * (os.cpu_count() or 1)
"""What runs at once, in every contestant: the number of slots that Tasktrail takes by itself."""

_WARM_UP = 32
"""Tasks before the clock starts, so that workers are up and code is loaded."""


@dataclass(frozen=True, slots=True)
class Work:
    """A function of `benchmarks.work` with its arguments; tasks of one `lock` never overlap."""

    function: str
    arguments: Mapping[str, str | int] = field(default_factory=dict[str, "str | int"])
    lock: str | None = None


class NotOfferedError(Exception):
    """A contestant has no such thing; the message says what it lacks."""


class Contestant(Protocol):
    """Something that runs tasks."""

    def submit(self, work: Work, count: int) -> None:
        """Hand in `count` tasks of `work`, each on its own.

        Raises:
            NotOfferedError: it has no locks.
        """
        ...

    def wait(self) -> None:
        """Return when every task handed in so far has ended, and its end is recorded."""
        ...

    def wide(self, jobs: int, milliseconds: int) -> None:
        """One task of that many parallel parts, each of which takes that long; return at its end.

        Raises:
            NotOfferedError: its tasks have no parts.
        """
        ...

    def servers(self) -> list[int]:
        """Process ids of what runs outside this process and its children."""
        ...


Opening = Callable[[Path], AbstractContextManager[Contestant]]
"""Brings a contestant up in an empty directory, and down again."""

_Measured = dict[str, object]


def take_part(opening: Opening) -> None:
    """Measure the figure that the command line names, and print it."""
    asked = _arguments()
    directory = Path(asked.directory)
    leave_in_order()
    figures: dict[str, Callable[[Contestant], _Measured]] = {
        "rate": lambda one: _rate(one, _work(asked), asked.count),
        "latency": lambda one: _latency(one, directory / "notes", asked.count),
        "hand-over": lambda one: _hand_over(one, directory / "go", asked.count),
        "wide": lambda one: _wide(one, asked.count, asked.milliseconds),
        "ready": _wait_ready,
    }
    try:
        with opening(directory) as contestant:
            measured = figures[asked.figure](contestant)
    except NotOfferedError as reason:
        measured = {"not_offered": str(reason)}
    print(json.dumps(measured), flush=True)


def leave_in_order() -> None:
    """On SIGTERM end as after an exception, so that what was started goes down as well."""
    signal.signal(signal.SIGTERM, _leave)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("figure")
    parser.add_argument("--directory", required=True)
    parser.add_argument("--work", default="nothing")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--milliseconds", type=int, default=0)
    return parser.parse_args()


def _work(asked: argparse.Namespace) -> Work:
    """`pause` takes a time."""
    paused = {"milliseconds": asked.milliseconds} if asked.milliseconds else {}
    return Work(asked.work, paused)


def _rate(contestant: Contestant, work: Work, count: int) -> _Measured:
    _carry_out(contestant, work, _WARM_UP)
    everybody = [os.getpid(), *contestant.servers()]
    start, worked = time.perf_counter(), processor_seconds(everybody)
    _carry_out(contestant, work, count)
    return {
        "seconds": time.perf_counter() - start,
        "processor_seconds": processor_seconds(everybody) - worked,
    }


def _latency(contestant: Contestant, notes: Path, samples: int) -> _Measured:
    work = Work("note_start", {"notes": str(notes)})
    for _ in range(_WARM_UP):
        _carry_out(contestant, work, 1)
    notes.unlink()
    submitted: list[int] = []
    for _ in range(samples):
        time.sleep(0.005)  # it is to be idle
        submitted.append(time.time_ns())
        _carry_out(contestant, work, 1)
    return {"submitted": submitted, "started": [int(at) for at in notes.read_text().split()]}


def _hand_over(contestant: Contestant, go: Path, count: int) -> _Measured:
    """The time from when the first holder may leave until all that waited have had the lock."""
    _carry_out(contestant, Work("nothing"), _WARM_UP)
    contestant.submit(Work("hold", {"until": str(go)}, lock="the lock"), 1)
    contestant.submit(Work("nothing", lock="the lock"), count)
    go.touch()
    start = time.perf_counter()
    contestant.wait()
    return {"seconds": time.perf_counter() - start}


def _wide(contestant: Contestant, jobs: int, milliseconds: int) -> _Measured:
    contestant.wide(WORKERS, milliseconds)
    start = time.perf_counter()
    contestant.wide(jobs, milliseconds)
    return {"seconds": time.perf_counter() - start}


def _wait_ready(contestant: Contestant) -> _Measured:
    """Say when a first task has run, and idle until told to leave."""
    _carry_out(contestant, Work("nothing"), 1)
    print(json.dumps({"servers": contestant.servers()}), flush=True)
    sys.stdin.read()
    return {}


def _carry_out(contestant: Contestant, work: Work, count: int) -> None:
    contestant.submit(work, count)
    contestant.wait()
