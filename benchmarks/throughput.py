"""P1: recorded tasks per second, one Python step each, durable; and how history slows it down."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from benchmarks import limits
from benchmarks.contest import Limits, compete, standings_table
from benchmarks.entrants import OURS, Entrant
from benchmarks.history import prepared
from benchmarks.measure import json_line, machine, medians
from benchmarks.terms import from_environment, read_terms
from benchmarks.turn import EntrantFailedError, Turn

SINGLE = "SQLite, one commit each"
GROUPED = f"SQLite, commits of {limits.GROUP}"

_LIMITS: Limits = {SINGLE: limits.single_commits, GROUPED: limits.grouped_rows}


def main() -> None:
    """Print the table and the JSON line."""
    terms = read_terms(tasks=1000)
    history = from_environment("HISTORY", 0)
    ours = [OURS, *([_with_history(history)] if history else [])]
    standings = compete(
        terms,
        ("rate", "--count", str(terms.tasks)),
        partial(_rate, terms.tasks),
        ours=ours,
        limits=_LIMITS,
    )
    print(f"P1  {terms.tasks:,} tasks of one Python step that does nothing; {machine()}")
    print(standings_table(standings, [*ours, *terms.peers], _LIMITS, "tasks/s"))
    growth = standings.ratio(ours[-1].name)
    if history:
        print(f"At {history:,} tasks of history: {1 / growth:.2f} of the rate without history.")
    best = standings.best_peer(terms)
    print(
        json_line(
            "P1",
            ratio_best_peer=best and round(standings.ratio(best), 3),
            ratio_limit=round(standings.ratio(SINGLE), 3),
            ratio_history=round(1 / growth, 3) if history else None,
            best_peer=best,
            rounds=terms.rounds,
            tasks=terms.tasks,
            history=history,
            per_second=medians(standings.figures),
            missing=standings.missing,
        )
    )


def _with_history(tasks: int) -> Entrant:
    name = f"{OURS.name} at {tasks:,}"
    return Entrant(name, OURS.module, OURS.durability, peer=False, directory=prepared(tasks))


def _rate(tasks: int, taken: Turn) -> float:
    database = taken.directory / "data" / "tasktrail.db"
    if database.exists():
        _check_record(database, tasks)
    return tasks / taken.figures["seconds"]


def _check_record(database: Path, tasks: int) -> None:
    """A rate of ours counts only if every task is recorded as done."""
    last = "SELECT count(*) FROM (SELECT status FROM tasks ORDER BY id DESC LIMIT ?)"
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        (done,) = connection.execute(f"{last} WHERE status = 'done'", (tasks,)).fetchone()
    if done != tasks:
        raise EntrantFailedError(f"only {done} of {tasks} tasks are recorded as done")


if __name__ == "__main__":
    main()
