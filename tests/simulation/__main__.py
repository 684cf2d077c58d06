"""`make simulate`: plays many schedules, or one of them line by line."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from simulation.memory_database import MemoryDatabase
from simulation.schedule import Verdict, play

PROCESSES = 2
AT_ONCE = 20
SHOWN = 10


def main() -> int:
    """Play what the command line says; returns the exit code."""
    parser = argparse.ArgumentParser(prog="simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="play only this one, and tell all of it")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=20_000, help="how many seeds")
    wanted = parser.parse_args()
    if wanted.seed is not None:
        return _replay(wanted.seed)
    return _campaign(range(wanted.first, wanted.first + wanted.count))


def _replay(seed: int) -> int:
    verdict = play(seed, MemoryDatabase(), tell=print)
    print(f"seed {seed}: {verdict.broken or 'nothing is broken'}")
    return 1 if verdict.broken else 0


def _campaign(seeds: range) -> int:
    # Where somebody limits the time, what was played by then is reported as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    met: Counter[str] = Counter()
    broken: list[Verdict] = []
    played = 0
    begun = time.monotonic()
    with Progress(console=Console(stderr=True)) as progress, suppress(KeyboardInterrupt):
        bar = progress.add_task("schedules", total=len(seeds))
        for verdicts in _played(seeds):
            played += len(verdicts)
            progress.advance(bar, len(verdicts))
            for verdict in verdicts:
                met.update(verdict.met)
                if verdict.broken:
                    broken.append(verdict)
                    progress.console.print(
                        f"seed {verdict.seed}: {verdict.broken}", markup=False, soft_wrap=True
                    )
    _report(played, time.monotonic() - begun, met, broken)
    return 1 if broken or played < len(seeds) else 0


def _played(seeds: range) -> Iterator[list[Verdict]]:
    """The verdicts of some seeds at a time, as they come; an interrupt ends it."""
    parts = (seeds[start : start + AT_ONCE] for start in range(0, len(seeds), AT_ONCE))
    # As daemons they go when this process does, whatever they are at.
    with multiprocessing.Pool(PROCESSES, _leave_interrupts_alone) as pool:
        yield from pool.imap_unordered(_play_all, parts)


def _leave_interrupts_alone() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _play_all(seeds: range) -> list[Verdict]:
    return [play(seed, _database()) for seed in seeds]


@cache
def _database() -> MemoryDatabase:
    """One for each process."""
    return MemoryDatabase()


def _report(schedules: int, seconds: float, met: Counter[str], broken: list[Verdict]) -> None:
    table = Table("met", "times", title=f"{schedules} schedules in {seconds:.0f} s")
    for what in sorted(met):
        table.add_row(what, f"{met[what]:,}")
    Console().print(table)
    for verdict in sorted(broken, key=lambda one: one.seed)[:SHOWN]:
        print(f"seed {verdict.seed}: {verdict.broken}\n  again: make simulate SEED={verdict.seed}")
    figures = {
        "schedules": schedules,
        "schedules_per_second": round(schedules / seconds, 1),
        "broken": sorted(verdict.seed for verdict in broken),
        "met": {what.replace(" ", "_"): met[what] for what in sorted(met)},
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    sys.exit(main())
