"""The graph of a plan's jobs: who needs whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from tasktrail.model.plan import JobPlan


def dependents(jobs: Iterable[JobPlan]) -> dict[str, tuple[str, ...]]:
    """For each job the jobs that need it directly, in plan order."""
    found: dict[str, list[str]] = {job.name: [] for job in jobs}
    for job in jobs:
        for need in job.after:
            found[need].append(job.name)
    return {name: tuple(names) for name, names in found.items()}


def ancestors(needs: Mapping[str, Sequence[str]], name: str) -> set[str]:
    """Every job that must end before `name`, directly or not; unknown names are left out."""
    found: set[str] = set()
    waiting = list(needs.get(name, ()))
    while waiting:
        need = waiting.pop()
        if need not in found and need in needs:
            found.add(need)
            waiting.extend(needs[need])
    return found


def needs_without(
    names: Iterable[str], needs: Mapping[str, Sequence[str]], left_out: Collection[str]
) -> list[str]:
    """The jobs of `names`; in place of each that is left out those that it needs, so that the
    order is still told."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = list(reversed(list(names)))
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in left_out:
            waiting.extend(reversed(needs[name]))
        else:
            found[name] = None
    return list(found)


def find_cycle(needs: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """The names along one cycle, first name repeated at the end, or None when there is none.

    Iterative, so that a chain of thousands of jobs is no problem.
    """
    done: set[str] = set()
    for start in needs:
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                path.pop()
                on_path.discard(name)
                done.add(name)
            elif name in on_path:
                return (*path[path.index(name) :], name)
            elif name not in done:
                path.append(name)
                on_path.add(name)
                stack.append((name, True))
                stack.extend((need, False) for need in needs.get(name, ()) if need in needs)
    return None
