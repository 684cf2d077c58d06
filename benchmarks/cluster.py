"""P9: the Temporal engine beside bare Temporal, what more workers bring, and what a task costs."""

from __future__ import annotations

from functools import partial
from statistics import median

from benchmarks.cluster_costs import COSTS, costs_table
from benchmarks.contest import Standings, compete, standings_table
from benchmarks.contract import WORKERS
from benchmarks.entrants import OURS, Entrant
from benchmarks.measure import json_line, machine, medians, number, spread, table
from benchmarks.terms import Terms, read_terms
from benchmarks.turn import Turn, turn

_MODULE = "benchmarks.cluster_ours"
_KEPT = "PostgreSQL, fsync on, and the same Temporal"
BARE = Entrant(
    "bare Temporal",
    "benchmarks.peers.temporal_workflows",
    "CLI server, SQLite WAL, synchronous FULL",
    peer=False,
)
_GOAL = 0.8

PAUSE = 1000
"""Milliseconds that a step takes, without the processor, where workers are what is scarce."""

SLOTS = 4
"""Jobs at once of each of these workers."""


def main() -> None:
    """Print the tables and the JSON line."""
    terms = read_terms(tasks=400)
    print(f"P9  {terms.tasks:,} tasks of one Python step that does nothing; {machine()}")
    worked: dict[str, list[float]] = {}
    busy = _busy(terms, worked)
    print(standings_table(busy, [_ours(1), BARE], {}, "tasks/s"))
    print("\nOf the processor, all processes together")
    print(_work_table(worked))
    print(f"\n{_paused(terms):,} tasks of one step of {PAUSE} ms, {SLOTS} at once for each worker")
    paused = _waiting(terms)
    print(_growth_table(paused))
    print("\nWhat a task costs")
    costs = _costs()
    print(costs_table(costs))
    ratio = busy.ratio(BARE.name)
    print(
        json_line(
            "P9",
            ratio=round(ratio, 3),
            within_goal=ratio >= _GOAL,
            rounds=terms.rounds,
            tasks=terms.tasks,
            ratio_processor=round(median(worked[BARE.name]) / median(worked[OURS.name]), 3),
            per_second=medians(busy.figures),
            processor_ms=medians(worked),
            per_second_of_waiting=medians(paused.figures),
            costs=costs,
        )
    )


def _ours(workers: int, slots: int = WORKERS) -> Entrant:
    """The first is the one that all are compared with."""
    name = OURS.name if workers == 1 else f"{OURS.name}, {workers} workers"
    environment = {"CLUSTER_WORKERS": str(workers), "CLUSTER_SLOTS": str(slots)}
    return Entrant(name, _MODULE, _KEPT, peer=False, environment=environment)


def _busy(terms: Terms, worked: dict[str, list[float]]) -> Standings:
    """The rates; `worked` gets the milliseconds of the processor for each task."""

    def rate(taken: Turn) -> float:
        each = 1000 * taken.figures["processor_seconds"] / terms.tasks
        worked.setdefault(taken.entrant.name, []).append(each)
        return _rate(terms.tasks, taken)

    alone = Terms(terms.rounds, terms.tasks, ())
    # One worker: more of them would share the cores that all of this has.
    count = ("--count", str(terms.tasks))
    return compete(alone, ("rate", *count), rate, ours=[_ours(1), BARE])


def _work_table(worked: dict[str, list[float]]) -> str:
    bare = median(worked[BARE.name])
    rows = [
        [name, number(median(each)), spread(each), f"{bare / median(each):.2f}", ""]
        for name, each in worked.items()
    ]
    return table(["", "median ms a task", "rounds", "of the bare one", ""], rows)


def _paused(terms: Terms) -> int:
    """What the largest of them has done in about ten seconds."""
    return min(terms.tasks, 10 * 4 * SLOTS * 1000 // PAUSE)


def _waiting(terms: Terms) -> Standings:
    count = _paused(terms)
    work = ("--work", "pause", "--milliseconds", str(PAUSE), "--count", str(count))
    entrants = [_ours(workers, SLOTS) for workers in (1, 2, 4)]
    one = Terms(1, count, ())
    return compete(one, ("rate", *work), partial(_rate, count), ours=entrants)


def _rate(tasks: int, taken: Turn) -> float:
    return tasks / taken.figures["seconds"]


def _growth_table(standings: Standings) -> str:
    first = standings.median(OURS.name)
    rows: list[list[str]] = []
    for workers in (1, 2, 4):
        rate = standings.median(_ours(workers).name)
        most = workers * SLOTS * 1000 / PAUSE
        cells = (number(rate), f"{rate / first:.2f}", f"{rate / most:.2f}")
        rows.append([f"{workers} x {SLOTS} slots", *cells, ""])
    return table(["", "tasks/s", "x of one", "of what the steps allow", ""], rows)


def _costs() -> dict[str, dict[str, float]]:
    with turn(Entrant("costs", COSTS, _KEPT, peer=False), "costs") as taken:
        return taken.figures


if __name__ == "__main__":
    main()
