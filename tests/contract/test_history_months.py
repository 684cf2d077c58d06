"""Histories in PostgreSQL, month by month."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from store_bench import START, Bench
from test_list_plans import explained
from test_migration_of_authors import upgrade_to

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.prune_history import DEFINITION, HistoryPruning
from tasktrail.engine.history_upkeep import HistoryUpkeep
from tasktrail.errors import ConflictError, NotAllowedError
from tasktrail.model.access import Actor
from tasktrail.model.author import Author, AuthorKind, Role, robot
from tasktrail.model.instant import Instant, after
from tasktrail.model.month import Month, month_of
from tasktrail.store import migrate
from tasktrail.store.history_months import kept_months, make_months, whole_since
from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.store.sqlite import SqliteStore
from tasktrail.store.survey import histories
from tasktrail.store.task_news import changed_between, last_changes, newest_event
from tasktrail.verification.histories import broken_histories
from tasktrail.verification.parts import missing_parts
from tasktrail.verification.task_record import next_records

DAY = 86400.0
OLD, NEXT, LATE = Month(2021, 5), Month(2021, 6), Month(2021, 9)
"""Months that no migration makes tables for."""


@pytest.fixture
async def months(postgresql_url: str) -> Any:
    """A store on PostgreSQL without tables for the months of these tests."""
    store = PostgresqlStore(postgresql_url)
    yield await Bench.of(store)

    def drop(connection: Connection) -> None:
        for kept in kept_months(connection):
            if kept.month.year < 2025:
                connection.execute(
                    text(f"DROP TABLE events_{kept.month.year:04}_{kept.month.month:02}")
                )

    await store.write(lambda transaction: drop(transaction.connection))
    await store.aclose()


async def tables_of_entries(bench: Bench) -> dict[str, int]:
    """How many entries there are in each table that has any."""
    query = text("SELECT tableoid::regclass::text AS name, count(*) AS n FROM events GROUP BY 1")
    found = await bench.read(lambda connection: connection.execute(query).all())
    return {row.name: row.n for row in found}


async def make(bench: Bench, *wanted: Month) -> list[Month]:
    return await bench.store.write(lambda tx: make_months(tx.connection, wanted))


async def task_in(bench: Bench, month: Month, *, ends: bool = True) -> int:
    """A task that began a day after the start of a month."""
    bench.now = after(month.start, DAY)
    task_id = await bench.submit()
    if ends:
        await bench.play(task_id)
    return task_id


@pytest.mark.postgresql
async def test_what_came_before_its_month_had_a_table_is_brought_there(months: Bench) -> None:
    first = await task_in(months, OLD)
    before = await months.history(first)
    assert await tables_of_entries(months) == {"events_other": len(before)}

    assert await make(months, OLD, NEXT) == [OLD, NEXT]
    assert await make(months, OLD, NEXT) == []

    assert await tables_of_entries(months) == {"events_2021_05": len(before)}
    assert await months.history(first) == before
    second = await task_in(months, NEXT)
    assert (await tables_of_entries(months))["events_2021_06"] == len(await months.history(second))
    assert await months.read(newest_event) == max(one for one, _ in await months.history(second))
    changed = await months.read(lambda connection: changed_between(connection, 0, 10**9))
    assert changed == await months.read(lambda one: last_changes(one, [first, second]))


@pytest.mark.postgresql
async def test_an_engine_makes_this_month_and_the_next_two(months: Bench) -> None:
    months.now = after(Month(2021, 11).start, DAY)
    decisions = Decisions(months.store, lambda: months.now)
    upkeep = HistoryUpkeep(decisions, HistoryPruning(decisions), keeper(months), None)
    wanted = [Month(2021, 11), Month(2021, 12), Month(2022, 1)]
    assert await upkeep.make_ahead() == wanted
    months.now = wanted[1].end
    assert await upkeep.make_ahead() == [Month(2022, 2), Month(2022, 3)]


@pytest.mark.postgresql
async def test_months_go_that_are_over_for_long_and_a_task_of_the_robot_says_so(
    months: Bench,
) -> None:
    gone, also, kept = [await task_in(months, one) for one in (OLD, NEXT, LATE)]
    await make(months, OLD, NEXT, LATE)
    before = await months.history(kept)
    months.now = after(LATE.end, DAY)
    pruning = HistoryPruning(Decisions(months.store, lambda: months.now))
    age = 60 * DAY

    planned = await pruning.plan(keeper(months), age)
    assert [one.month for one in planned.months] == [OLD, NEXT]
    assert planned.size > 0
    assert len(await months.history(gone)) == len(before)
    made = await pruning.prune(keeper(months), age)

    assert made.months == planned.months
    assert made.task_id is not None
    said = (await months.state(made.task_id)).task
    assert (said.definition, said.author.kind) == (DEFINITION, AuthorKind.ROBOT)
    assert said.title.startswith("Removed the histories of 2021-05 to 2021-06, ")
    assert [await months.history(one) for one in (gone, also)] == [[], []]
    assert await months.history(kept) == before
    assert await months.read(whole_since) == NEXT.end
    assert (await pruning.prune(keeper(months), age)).task_id is None
    assert await broken(months) == []
    assert (await months.state(gone)).task.status.final


@pytest.mark.postgresql
async def test_a_month_in_which_an_unfinished_task_began_stays_and_those_after_it(
    months: Bench,
) -> None:
    await task_in(months, OLD)
    waiting = await task_in(months, NEXT, ends=False)
    await task_in(months, LATE)
    await make(months, OLD, NEXT, LATE)
    months.now = after(LATE.end, 1000 * DAY)
    pruning = HistoryPruning(Decisions(months.store, lambda: months.now))
    assert [one.month for one in (await pruning.prune(keeper(months), 0)).months] == [OLD]
    await months.play(waiting)
    assert [one.month for one in (await pruning.plan(keeper(months), 0)).months] == [NEXT, LATE]
    assert await broken(months) == []


@pytest.mark.postgresql
async def test_entries_of_no_month_go_with_those_before_which_they_are(months: Bench) -> None:
    stray = await task_in(months, Month(2019, 1))
    await task_in(months, OLD)
    await make(months, OLD)
    months.now = after(OLD.end, 100 * DAY)
    pruning = HistoryPruning(Decisions(months.store, lambda: months.now))
    assert (await pruning.prune(keeper(months), DAY)).task_id is not None
    assert await months.history(stray) == []
    assert await broken(months) == []


@pytest.mark.postgresql
async def test_a_history_that_is_cut_off_is_noticed_where_nothing_was_removed(
    months: Bench,
) -> None:
    await task_in(months, OLD)
    await task_in(months, NEXT)
    await make(months, OLD)
    cut = text("DROP TABLE events_2021_05")
    await months.store.write(lambda tx: tx.connection.execute(cut).rowcount)
    assert await broken(months)


@pytest.mark.postgresql
async def test_only_the_tables_of_its_time_are_read_for_a_history(months: Bench) -> None:
    every = [Month(2021, number) for number in range(1, 13)]
    await make(months, *every)
    for month in every:
        await task_in(months, month)
    last = await task_in(months, every[-1])
    newest = await months.read(newest_event)
    with_others = {"events_2021_12", "events_other", "events_2021_11"}

    def check(connection: Connection) -> None:
        for read in (
            lambda: histories(connection, [last]),
            lambda: last_changes(connection, [last]),
            lambda: changed_between(connection, newest - 3, newest),
        ):
            with explained(connection) as plans:
                assert read()
            read_tables = set(relations(plans[-1][1]))
            assert {one for one in read_tables if one < "events_2025"} <= with_others
            assert "events_2021_12" in read_tables

    await months.read(check)


def relations(plan: list[Any]) -> Iterator[str]:
    """The tables that a plan of PostgreSQL reads and that are of histories."""
    shown = plan[0][0]
    nodes = [(json.loads(shown) if isinstance(shown, str) else shown)[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", ())
        if node.get("Relation Name", "").startswith("events"):
            yield node["Relation Name"]


@pytest.mark.postgresql
def test_the_migration_brings_every_entry_to_its_month(empty_url: Callable[[], str]) -> None:
    with connected(empty_url()) as connection:
        upgrade_to(connection, "0007")
        connection.execute(text("INSERT INTO organizations (name, created_at) VALUES ('acme', 1)"))
        connection.execute(
            text(
                "INSERT INTO tasks (organization_id, definition, title, status, author_kind,"
                " author_name, created_at, updated_at, immediate, silent, forced, system, inputs,"
                " locked, ended_at) VALUES (1, 'note', 'x', 'done', 'robot', 'r', 1, 1, true,"
                " false, false, false, '{}', true, 1)"
            )
        )
        instants = [0, OLD.start, OLD.end - 1, OLD.end, Month(2022, 1).start - 1, 2**53, -5]
        for at in instants:
            connection.execute(
                text('INSERT INTO events (task_id, "at", kind) VALUES (1, :at, :kind)'),
                {"at": at, "kind": f"k{at}"},
            )
        rows = text('SELECT id, "at", kind FROM events ORDER BY id')
        before = connection.execute(rows).all()
        migrate.upgrade(connection)
        assert connection.execute(rows).all() == before
        found = connection.execute(
            text('SELECT "at", tableoid::regclass::text AS name FROM events ORDER BY id')
        )
        placed = {row.at: row.name for row in found}
        assert placed == {
            at: "events_other"
            if at < 0
            else f"events_{str(month_of(Instant(at))).replace('-', '_')}"
            for at in instants
        }
        next_id = connection.execute(
            text("INSERT INTO events (task_id, \"at\", kind) VALUES (1, 5, 'x') RETURNING id")
        ).scalar_one()
        assert next_id == len(instants) + 1


async def test_histories_in_sqlite_stay(tmp_path: Any) -> None:
    store = SqliteStore(tmp_path / "tasktrail.db")
    bench = await Bench.of(store)
    await bench.play(await bench.submit())
    decisions = Decisions(store, lambda: after(START, 10**9))
    pruning = HistoryPruning(decisions)
    for refused in (pruning.plan(keeper(bench), 0), pruning.prune(keeper(bench), 0)):
        with pytest.raises(ConflictError, match="SQLite"):
            await refused
    await HistoryUpkeep(decisions, pruning, keeper(bench), 5).run(first_after=0)
    assert await broken(bench) == []
    await store.aclose()


async def test_members_remove_no_histories(bench: Bench) -> None:
    member = Author(kind=AuthorKind.USER, name="Max", id=1, role=Role.MEMBER)
    actor = Actor(author=member, organization_id=bench.organization_id)
    pruning = HistoryPruning(Decisions(bench.store, lambda: START))
    for refused in (pruning.plan(actor, 0), pruning.prune(actor, 0)):
        with pytest.raises(NotAllowedError):
            await refused


def keeper(bench: Bench) -> Actor:
    return Actor(author=robot("Robot"), organization_id=bench.organization_id)


async def broken(bench: Bench) -> list[str]:
    """What a verification finds wrong with the histories."""
    records = await bench.read(lambda connection: next_records(connection, 0, 1000))
    assert records
    return [
        str(found) for one in records for found in (*missing_parts(one), *broken_histories(one))
    ]


@contextmanager
def connected(url: str) -> Generator[Connection]:
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        yield connection
    engine.dispose()
