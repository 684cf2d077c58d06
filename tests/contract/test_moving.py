"""Moving all records from SQLite to PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psycopg
import pytest
from full_installation import fill
from sqlalchemy import Connection, insert, text
from store_bench import ANN, Bench

from tasktrail.actions.move import DEFINITION, Move
from tasktrail.errors import ConflictError, StoreUnavailableError
from tasktrail.model.access import Actor
from tasktrail.model.instant import Instant
from tasktrail.store.moving import contents, look_at, occupied
from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.store.sqlite import SqliteStore
from tasktrail.store.table_content import TableContent, kept_tables
from tasktrail.store.tables import tasks

pytestmark = pytest.mark.postgresql

LATER = Instant(2_000_000_000)
ACTOR = Actor(author=ANN, organization_id=1)


@pytest.fixture
async def source(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "tasktrail.db")
    await fill(store)
    yield store
    await store.aclose()


@pytest.fixture
async def target(postgresql_url: str) -> AsyncIterator[PostgresqlStore]:
    store = PostgresqlStore(postgresql_url)
    yield store
    await store.aclose()


def ignore(done: int, total: int) -> None:
    """Nobody looks."""


def move(source: SqliteStore, target: PostgresqlStore, identity: str = "one") -> Move:
    return Move(source, target, identity, lambda: LATER)


async def content(store: SqliteStore | PostgresqlStore) -> list[TableContent]:
    return await store.read(lambda connection: contents(connection, lambda _: None))


async def test_every_row_of_every_table_is_there_and_ids_go_on(
    source: SqliteStore, target: PostgresqlStore
) -> None:
    before = await content(source)
    assert {table.name for table in kept_tables()} == {one.table for one in before if one.rows}
    told: list[tuple[int, int]] = []

    moved = await move(source, target).make(ACTOR, lambda done, total: told.append((done, total)))

    assert list(moved.tables) == before
    assert told[-1] == (2 * moved.rows, 2 * moved.rows)
    assert await content(source) == before
    here, there = Bench(source, 1), Bench(target, 1)
    assert moved.task_id == await here.submit()
    assert (await there.state(moved.task_id)).task.definition == DEFINITION
    task_ids = [await bench.submit() for bench in (there, here)]
    assert task_ids[0] == task_ids[1] == moved.task_id + 1
    ours, theirs = [await bench.state(task_ids[0]) for bench in (here, there)]
    # The task that tells of the move has neither.
    assert min(theirs.jobs) == min(ours.jobs) - 1
    assert min(theirs.steps) == min(ours.steps) - 1
    assert await there.record("and on")


async def test_moving_again_says_that_all_is_there(
    source: SqliteStore, target: PostgresqlStore
) -> None:
    first = await move(source, target).make(ACTOR, ignore)
    again = await move(source, target).make(ACTOR, ignore)
    assert again.before
    assert (again.tables, again.task_id) == (first.tables, first.task_id)

    await Bench(source, 1).record("meanwhile")
    with pytest.raises(ConflictError, match=r"moved there as task \d+, and .* changed since"):
        await move(source, target).make(ACTOR, ignore)
    with pytest.raises(ConflictError, match="not empty"):
        await move(source, target, "other").make(ACTOR, ignore)


async def test_a_database_with_anything_in_it_is_refused_and_left_alone(
    source: SqliteStore, target: PostgresqlStore
) -> None:
    await Bench.of(target)
    before = await content(target)
    with pytest.raises(ConflictError, match="not empty: there are rows in organizations"):
        await move(source, target).make(ACTOR, ignore)
    assert await content(target) == before


async def test_what_postgresql_cannot_hold_ends_the_move_with_nothing_kept(
    source: SqliteStore, target: PostgresqlStore
) -> None:
    task_id = await Bench(source, 1).record("a NUL")
    spoil = tasks.update().where(tasks.c.id == task_id).values(title="a \0")
    await source.write(lambda transaction: transaction.connection.execute(spoil).rowcount)
    with pytest.raises(StoreUnavailableError, match=r"rows of tasks were not taken.*NUL"):
        await move(source, target).make(ACTOR, ignore)
    assert await target.read(occupied) == []


async def test_a_row_that_arrives_changed_is_noticed_and_nothing_kept(
    source: SqliteStore, target: PostgresqlStore, postgresql_url: str
) -> None:
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN NEW.message := 'other'; RETURN NEW; END $$"
        )
        connection.execute(
            "CREATE TRIGGER spoil BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION spoil()"
        )
    try:
        with pytest.raises(StoreUnavailableError, match="rows of events are not there as they"):
            await move(source, target).make(ACTOR, ignore)
        assert await target.read(occupied) == []
    finally:
        with psycopg.connect(postgresql_url, autocommit=True) as connection:
            connection.execute("DROP FUNCTION spoil CASCADE")


async def test_a_look_at_a_database_changes_nothing(empty_url: Callable[[], str]) -> None:
    url = empty_url()
    assert look_at(url) == []
    store = PostgresqlStore(url)

    def tables(connection: Connection) -> int:
        counted = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        return connection.execute(text(counted)).scalar_one()

    made = await store.read(tables)
    await store.write(
        lambda transaction: (
            transaction.connection.execute(
                insert(tasks.metadata.tables["organizations"]).values(name="x", created_at=1)
            ).rowcount
        )
    )
    assert look_at(url) == ["organizations"]
    assert await store.read(tables) == made
    await store.aclose()
