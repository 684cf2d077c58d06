"""P3: tasks per second with one step that starts `sh -c true`."""

from __future__ import annotations

from benchmarks import limits
from benchmarks.contest import Limits, compete, standings_table
from benchmarks.entrants import OURS
from benchmarks.measure import json_line, machine, medians
from benchmarks.terms import read_terms

ONE_BY_ONE = "sh -c true, one by one"

_LIMITS: Limits = {
    "true, one by one": limits.spawns,
    ONE_BY_ONE: limits.shells,
    "sh -c true, one a core": limits.parallel_shells,
}


def main() -> None:
    """Print the table and the JSON line."""
    terms = read_terms(tasks=500)
    standings = compete(
        terms,
        ("rate", "--work", "shell", "--count", str(terms.tasks)),
        lambda taken: terms.tasks / taken.figures["seconds"],
        limits=_LIMITS,
    )
    print(f"P3  {terms.tasks:,} tasks of one `sh -c true`; {machine()}")
    print(standings_table(standings, [OURS, *terms.peers], _LIMITS, "tasks/s"))
    best = standings.best_peer(terms)
    print(
        json_line(
            "P3",
            ratio_best_peer=best and round(standings.ratio(best), 3),
            ratio_limit=round(standings.ratio(ONE_BY_ONE), 3),
            best_peer=best,
            rounds=terms.rounds,
            tasks=terms.tasks,
            per_second=medians(standings.figures),
            missing=standings.missing,
        )
    )


if __name__ == "__main__":
    main()
