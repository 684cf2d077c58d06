"""P10: a task of many jobs, and many tasks that wait for one lock."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.contest import Standings, compete, standings_table
from benchmarks.contract import WORKERS
from benchmarks.entrants import OURS
from benchmarks.measure import json_line, machine, medians, number
from benchmarks.terms import Terms, read_terms
from benchmarks.turn import Turn

_MILLISECONDS = 20
"""How long each step of the wide task takes when it takes any time."""

_FEW = 10
"""The part of the tasks that waits for the lock in the smaller run."""


def main() -> None:
    """Print the tables and the JSON line."""
    terms = read_terms(tasks=1000)
    entrants = [OURS, *terms.peers]
    print(f"P10  {terms.tasks:,} jobs in one task, {WORKERS} at once; {machine()}")
    drawings: list[float] = []
    busy = _wide(terms, _MILLISECONDS, drawings)
    print(
        standings_table(busy, entrants, {}, f"s ({_MILLISECONDS} ms steps)", lower_is_better=True)
    )
    trivial = _wide(terms, 0, drawings)
    print(standings_table(trivial, entrants, {}, "s (0 ms steps)", lower_is_better=True))
    ideal = terms.tasks * _MILLISECONDS / 1000 / WORKERS
    overhead = busy.median(OURS.name) / ideal - 1
    print(f"Ours over the sum of the steps at {WORKERS} slots: {overhead:+.1%}")
    drawing = medians({"drawing": drawings})["drawing"]
    print(f"`tasktrail task graph` of it, the whole command: {number(drawing)} ms")

    print(f"\nP10  tasks that wait for one lock, time per hand-over; {machine()}")
    few = _hand_over(terms, terms.tasks // _FEW)
    many = _hand_over(terms, terms.tasks)
    for standings, count in ((few, terms.tasks // _FEW), (many, terms.tasks)):
        unit = f"ms of {count}"
        print(standings_table(standings, entrants, {}, unit, lower_is_better=True))
    growth = many.median(OURS.name) / few.median(OURS.name)
    print(f"Ours: a hand-over costs {growth:.2f} times as much when {_FEW} times as many wait.")
    best = busy.best_peer(terms, lower_is_better=True)
    best_lock = many.best_peer(terms, lower_is_better=True)
    print(
        json_line(
            "P10",
            ratio_best_peer=best and round(busy.ratio(best, lower_is_better=True), 3),
            ratio_limit=round(1 / (1 + overhead), 3),
            ratio_best_peer_locks=best_lock
            and round(many.ratio(best_lock, lower_is_better=True), 3),
            best_peer=best,
            best_peer_locks=best_lock,
            rounds=terms.rounds,
            jobs=terms.tasks,
            overhead=round(overhead, 4),
            wide_seconds=medians(busy.figures),
            wide_trivial_seconds=medians(trivial.figures),
            drawing_milliseconds=drawing,
            hand_over_milliseconds=medians(many.figures),
            hand_over_growth=round(growth, 3),
            missing=busy.missing,
            missing_locks=many.missing,
        )
    )


def _wide(terms: Terms, milliseconds: int, drawings: list[float]) -> Standings:
    def read(taken: Turn) -> float:
        if taken.entrant is OURS:
            drawings.append(_drawing(taken.directory / "data"))
        return taken.figures["seconds"]

    arguments = ("wide", "--count", str(terms.tasks), "--milliseconds", str(milliseconds))
    return compete(terms, arguments, read)


def _drawing(data: Path) -> float:
    """Milliseconds of the whole command that draws the graph of the last task."""
    program = Path(sys.executable).parent / "tasktrail"
    start = time.perf_counter()
    subprocess.run(
        [program, "--data", data, "task", "graph", "2"], check=True, stdout=subprocess.DEVNULL
    )
    return (time.perf_counter() - start) * 1000


def _hand_over(terms: Terms, count: int) -> Standings:
    return compete(
        terms,
        ("hand-over", "--count", str(count)),
        lambda taken: taken.figures["seconds"] * 1000 / count,
    )


if __name__ == "__main__":
    main()
