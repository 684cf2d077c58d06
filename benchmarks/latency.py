"""P2: from the call that submits a task to its first step, idle, one task at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.contest import Standings, compete, standings_table
from benchmarks.entrants import OURS
from benchmarks.measure import json_line, machine, medians, number, percentile
from benchmarks.terms import read_terms
from benchmarks.turn import Turn

_RECORDED = "recorded start of the attempt"


def main() -> None:
    """Print the tables and the JSON line."""
    terms = read_terms(tasks=200)
    slowest = Standings()
    recorded: dict[str, list[float]] = {"p50": [], "p99": []}

    def read(taken: Turn) -> float:
        samples = _milliseconds(taken.figures["submitted"], taken.figures["started"])
        slowest.note(taken.entrant.name, percentile(samples, 99))
        if taken.entrant is OURS:
            attempts = _attempts(taken.directory / "data" / "tasktrail.db", len(samples))
            until_recorded = _milliseconds(taken.figures["submitted"], attempts)
            for name, values in recorded.items():
                values.append(percentile(until_recorded, int(name[1:])))
        return percentile(samples, 50)

    usual = compete(terms, ("latency", "--count", str(terms.tasks)), read)
    entrants = [OURS, *terms.peers]
    for name, reason in usual.missing.items():
        slowest.drop(name, reason)
    print(f"P2  {terms.tasks} tasks, one at a time; submit to first line of the step; {machine()}")
    print(standings_table(usual, entrants, {}, "p50, ms", lower_is_better=True))
    print(standings_table(slowest, entrants, {}, "p99, ms", lower_is_better=True))
    own = medians(recorded)
    print(f"Ours, {_RECORDED}: p50 {number(own['p50'])} ms, p99 {number(own['p99'])} ms")
    best = usual.best_peer(terms, lower_is_better=True)
    ratio = None if best is None else usual.ratio(best, lower_is_better=True)
    print(
        json_line(
            "P2",
            ratio_best_peer=ratio and round(ratio, 3),
            ratio_limit=None,
            best_peer=best,
            rounds=terms.rounds,
            samples=terms.tasks,
            p50_milliseconds=medians(usual.figures),
            p99_milliseconds=medians(slowest.figures),
            recorded_milliseconds=own,
            missing=usual.missing,
        )
    )


def _milliseconds(submitted: Sequence[int], started: Sequence[int]) -> list[float]:
    return [(end - start) / 1e6 for start, end in zip(submitted, started, strict=True)]


def _attempts(database: Path, count: int) -> list[int]:
    """When the steps of the last `count` tasks started, in nanoseconds since 1970."""
    last = (
        "SELECT attempts.started_at FROM attempts JOIN steps ON steps.id = attempts.step_id "
        "WHERE NOT steps.system ORDER BY attempts.task_id DESC LIMIT ?"
    )
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        return [at * 1000 for (at,) in connection.execute(last, (count,))][::-1]


if __name__ == "__main__":
    main()
