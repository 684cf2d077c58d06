"""Lists of tasks that are summed up show what looking at each task would show."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from crowd import RESOURCES, Crowd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    ScalarSelect,
    delete,
    false,
    func,
    select,
    true,
    update,
)
from sqlalchemy.event import listen
from store_bench import START, Bench

from tasktrail.model.instant import Instant
from tasktrail.model.plan import Resource
from tasktrail.model.status import Status
from tasktrail.store.sealed_tasks import CACHE_OPTION
from tasktrail.store.segment_summary import SEGMENT
from tasktrail.store.segment_tables import task_facets, task_leftovers, task_segments
from tasktrail.store.segments import (
    MARGIN,
    keep_segment,
    next_segment,
    sealed_until,
    settled_before,
)
from tasktrail.store.set_cache import SetCache
from tasktrail.store.tables import task_projects, task_resources, tasks
from tasktrail.store.task_filter import TaskFilter
from tasktrail.store.task_list import Page, list_tasks
from tasktrail.store.transaction import Transaction
from tasktrail.store.visibility import Sight
from tasktrail.verification.finding import Finding, Invariant
from tasktrail.verification.sealed_lists import wrong_segment

FAR = Instant(START + 10**12)


async def seal(bench: Bench) -> bool:
    """Seal the next segment if there is one."""
    here = bench.organization_id
    segment = await bench.read(lambda connection: next_segment(connection, here, FAR))
    if segment is None:
        return False
    await bench.store.write(lambda transaction: keep_segment(transaction.connection, segment))
    return True


async def wrong(bench: Bench) -> list[Finding]:
    here = bench.organization_id
    return await bench.read(lambda connection: wrong_segment(connection, here, 0))


class _RolledBackError(Exception):
    """Ends a transaction of which nothing is to stay."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__()
        self.found = found


async def rolled_back(bench: Bench, look: Callable[[Connection], list[Finding]]) -> list[Finding]:
    """What `look` finds after it has spoiled something, which is undone."""

    def in_transaction(transaction: Transaction) -> None:
        raise _RolledBackError(look(transaction.connection))

    with pytest.raises(_RolledBackError) as ended:
        await bench.store.write(in_transaction)
    return ended.value.found


async def segments(bench: Bench) -> int:
    here = bench.organization_id
    return (await bench.read(lambda connection: sealed_until(connection, here)))[0]


async def listed(bench: Bench, sight: Sight, wanted: TaskFilter, *page: int) -> Page:
    number, size = page
    return await bench.read(lambda c: list_tasks(c, sight, wanted, number, size))


async def check(crowd: Crowd, sight: Sight, wanted: TaskFilter, chance: random.Random) -> int:
    """Compare the whole list in pages, some of them; how many tasks it has."""
    expected = crowd.expected(sight, wanted)
    size = chance.choice([1, 7, 30, 100])
    last = -(-len(expected) // size)
    for number in {1, 2, last, last + 1, chance.randint(1, last + 1), chance.randint(1, last + 1)}:
        if number < 1:
            continue
        page = await listed(crowd.bench, sight, wanted, number, size)
        start = (number - 1) * size
        assert page == Page(expected[start : start + size], len(expected)), (wanted, number, size)
    return len(expected)


async def test_every_filter_and_page_is_that_of_looking_at_each_task(
    bench: Bench, database: str
) -> None:
    chance = random.Random(7)
    crowd = Crowd(bench, chance, unicode=database == "postgresql")
    await crowd.grow(2 * SEGMENT + MARGIN + 300)
    assert await seal(bench)
    here = bench.organization_id
    counts: set[int] = set()
    for turn in range(50):
        if turn == 20:  # what was known of the first segment is added to
            assert await seal(bench)
            assert not await seal(bench)
        projects = frozenset(chance.sample(sorted(crowd.project_ids.values()), 2))
        sight = Sight(here, chance.choice([None, projects, frozenset({4711})]))
        about = [Resource(kind, one) for kind, one in chance.sample(RESOURCES, 2)]
        wanted = crowd.filter()
        if chance.random() < 0.3:
            wanted = replace(wanted, resources=tuple(about))
        elif chance.random() < 0.2:
            wanted = replace(wanted, all_resources=tuple(about))
        counts.add(await check(crowd, sight, wanted, chance))
    for wanted in (TaskFilter(), TaskFilter(silent=True), TaskFilter(search="deploy")):
        counts.add(await check(crowd, Sight(here, None), wanted, chance))
    oldest = crowd.tasks[0].id
    referred = TaskFilter(search=f"T{oldest}-S1-A1", silent=True)
    found = await listed(bench, Sight(here, None), referred, 1, 30)
    assert found == Page([oldest], 1), "a reference finds what is sealed, too"
    assert await segments(bench) == 2
    assert 0 in counts
    assert max(counts) == len(crowd.tasks)


async def test_who_sees_many_projects_needs_no_more_room_for_sets_than_others(
    bench: Bench,
) -> None:
    """A set takes a megabyte for eight million tasks."""
    crowd = Crowd(bench, random.Random(9))
    await crowd.grow(SEGMENT + MARGIN)
    assert await seal(bench)
    sight = Sight(bench.organization_id, frozenset(crowd.project_ids.values()))
    roots = TaskFilter(roots_only=True)
    # Loud ones, those of all projects, and those below one of them.
    cache = SetCache(3 * (SEGMENT // 8 + 300))

    def read(connection: Connection) -> list[str]:
        asked: list[str] = []
        listen(connection, "before_cursor_execute", lambda *args: asked.append(args[2]))
        list_tasks(connection.execution_options(**{CACHE_OPTION: cache}), sight, roots, 1, 30)
        return [statement for statement in asked if "task_facets" in statement]

    assert len(await bench.read(read)) == 3
    assert await bench.read(read) == []


async def test_what_ends_after_its_segment_was_sealed_is_listed_as_it_is_now(bench: Bench) -> None:
    chance = random.Random(8)
    crowd = Crowd(bench, chance)
    await crowd.grow(SEGMENT + MARGIN)
    assert await seal(bench)
    sight = Sight(bench.organization_id, None)
    left = await bench.read(lambda c: c.execute(select(task_leftovers.c.task_id)).scalars().all())
    live = [one for one in crowd.tasks if one.id in set(left)]
    assert len(live) > 20
    for number, task in enumerate(live[:20]):
        await crowd.end(task, Status.FAILED if number % 2 else Status.DONE)
        for status in (Status.QUEUED, Status.FAILED, Status.DONE):
            await check(crowd, sight, TaskFilter(statuses=(status,), silent=True), chance)
    await check(crowd, sight, TaskFilter(silent=True), chance)
    assert await wrong(bench) == []


def spoiling(here: int) -> dict[str, Executable]:
    """What spoils a segment of an organization, by what is found then."""
    own = select(tasks.c.id).where(tasks.c.organization_id == here)

    def first(column: ColumnElement[int], *of: ColumnElement[bool]) -> ScalarSelect[int]:
        return select(func.min(column)).where(*of, column.in_(own)).scalar_subquery()

    task = tasks.c.id
    return {
        "the titles": update(tasks).values(title="another").where(task == first(task)),
        "'status:": update(tasks)
        .values(status="done_with_warnings")
        .where(task == first(task, tasks.c.status == "done")),
        "'loud' of the tasks": update(tasks)
        .values(silent=false())
        .where(task == first(task, tasks.c.silent == true())),
        "'project:": delete(task_projects).where(
            task_projects.c.task_id == first(task_projects.c.task_id)
        ),
        "'resource:": delete(task_resources).where(
            task_resources.c.task_id == first(task_resources.c.task_id)
        ),
        "'name:": delete(task_facets).where(task_facets.c.facet.startswith("name")),
        "'status:queued' of the tasks": delete(task_leftovers),
        "tasks, not 4096": update(task_segments).values(
            task_ids=func.substr(task_segments.c.task_ids, 9, type_=task_segments.c.task_ids.type)
        ),
    }


async def test_what_is_not_as_the_records_say_is_found(bench: Bench) -> None:
    crowd = Crowd(bench, random.Random(12))
    await crowd.grow(SEGMENT + MARGIN)
    assert await seal(bench)
    assert await wrong(bench) == []

    here = bench.organization_id
    for said, spoil in spoiling(here).items():

        def spoiled(connection: Connection, spoil: Executable = spoil) -> list[Finding]:
            connection.execute(spoil)
            return wrong_segment(connection, here, 0)

        found = await rolled_back(bench, spoiled)
        assert {one.invariant for one in found} == {Invariant.LISTS}, said
        assert any(said in one.message for one in found), (said, found)
    assert await wrong(bench) == []


async def test_nothing_is_sealed_too_early(bench: Bench) -> None:
    crowd = Crowd(bench, random.Random(9))
    await crowd.grow(SEGMENT + MARGIN - 2)
    assert not await seal(bench)
    await crowd.grow(1, live=1.0)
    here = bench.organization_id
    created = min(one.row["created_at"] for one in crowd.tasks)
    early = await bench.read(lambda connection: next_segment(connection, here, Instant(created)))
    assert early is None
    assert await seal(bench)


async def test_a_segment_of_which_much_is_alive_waits(bench: Bench) -> None:
    crowd = Crowd(bench, random.Random(10))
    await crowd.grow(SEGMENT + MARGIN, live=0.3)
    assert not await seal(bench)


async def test_a_segment_is_kept_once(bench: Bench) -> None:
    crowd = Crowd(bench, random.Random(11))
    await crowd.grow(SEGMENT + MARGIN)
    here = bench.organization_id
    segment = await bench.read(lambda connection: next_segment(connection, here, FAR))
    assert segment is not None

    def sizes(connection: Connection) -> list[Any]:
        tables = (task_segments, task_facets, task_leftovers)
        return [
            connection.execute(select(func.count()).select_from(one)).scalar() for one in tables
        ]

    found: list[list[Any]] = []
    for _ in range(2):
        await bench.store.write(lambda transaction: keep_segment(transaction.connection, segment))
        found.append(await bench.read(sizes))
    assert found[0] == found[1]
    assert found[0][0] == 1


async def test_on_postgresql_tasks_settle_when_no_transaction_is_as_old(
    bench: Bench, database: str
) -> None:
    now = Instant(4_000_000_000_000_000)
    settled = await bench.read(lambda connection: settled_before(connection, now))
    if database == "sqlite":
        assert settled == now
    else:
        # By our clock, which says another year than that of the database.
        assert now - 120_000_000 < settled <= now - 60_000_000
