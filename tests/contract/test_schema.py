"""The tables, and what they refuse whatever statement comes."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, insert, inspect, text, update
from store_bench import Bench

from tasktrail.errors import StoreUnavailableError
from tasktrail.store import migrate
from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.store.sqlite import SqliteStore
from tasktrail.store.sqlite_connections import writing_engine
from tasktrail.store.store import Store
from tasktrail.store.tables import events, jobs, lock_claims, metadata, steps, task_plans, tasks
from tasktrail.store.transaction import Transaction


async def test_migrations_from_nothing_give_the_tables_of_the_metadata(
    open_empty: Callable[[], Store],
) -> None:
    store = open_empty()

    def differences(transaction: Transaction) -> list[Any]:
        options = {"compare_type": True, "include_name": _not_of_a_month}
        context = MigrationContext.configure(transaction.connection, opts=options)
        return compare_metadata(context, metadata)

    def checks(connection: Connection) -> dict[str, set[str | None]]:
        found = inspect(connection)
        return {
            name: {check["name"] for check in found.get_check_constraints(name)}
            for name in metadata.tables
        }

    wanted = {
        table.name: {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        for table in metadata.sorted_tables
    }
    try:
        assert await store.write(differences) == []
        found = await store.read(checks)
    finally:
        await store.aclose()
    assert sum(map(len, wanted.values())) >= 10
    assert found == wanted


def _not_of_a_month(name: str | None, kind: str, _: object) -> bool:
    """The tables of months are parts of `events`, which change with time."""
    return kind != "table" or name is None or not name.startswith("events_")


def test_an_empty_sqlite_database_is_laid_out_as_the_migrations_would(tmp_path: Path) -> None:
    laid_out, migrated = tmp_path / "laid_out.db", tmp_path / "migrated.db"
    with _writing(laid_out) as connection:
        migrate.upgrade(connection)
    with _writing(migrated) as connection:
        migrate.run_migrations(connection, migrate.current_revision(connection))

    found = _schema(laid_out)

    assert found == _schema(migrated)
    assert found.keys() > metadata.tables.keys()


@contextmanager
def _writing(path: Path) -> Generator[Connection]:
    engine = writing_engine(path, busy_timeout=5)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _schema(path: Path) -> dict[str, list[str]]:
    """The statements of a database by the name of what they make: first what stands before the
    constraints, which is the columns in their order, then the constraints in any; and its revision.
    """
    schema: dict[str, list[str]] = {}
    with closing(sqlite3.connect(path)) as connection:
        for name, statement in connection.execute("SELECT name, sql FROM sqlite_master"):
            text = " ".join((statement or "").split()).removesuffix(")").strip()
            columns, *constraints = text.split(", CONSTRAINT ")
            schema[name] = [columns, *sorted(constraints)]
        schema["revision"] = [*connection.execute("SELECT * FROM alembic_version").fetchone()]
    return schema


def test_the_head_is_the_newest_migration_file() -> None:
    files = Path(migrate.__file__).parent.joinpath("migrations", "versions").glob("[0-9]*.py")
    assert max(files).stem.partition("_")[0] == migrate.HEAD


async def test_a_newer_schema_is_refused_and_left_alone(open_empty: Callable[[], Store]) -> None:
    store = open_empty()
    await _set_revision(store, "9999")
    await store.aclose()
    with pytest.raises(StoreUnavailableError, match=r"schema 9999.*newer Tasktrail") as refused:
        open_empty()
    assert refused.value.__cause__ is None, "no error is its own cause"


def test_an_sqlite_that_does_not_know_our_statements_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tasktrail.db"
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.34.1")
    with pytest.raises(
        StoreUnavailableError, match=r"SQLite 3\.35\.0 or newer is needed.* has 3\.34\.1"
    ):
        SqliteStore(path)
    assert not path.exists()


async def _set_revision(store: Store, revision: str) -> None:
    await store.write(
        lambda transaction: (
            transaction.connection.execute(
                text("UPDATE alembic_version SET version_num = :new"), {"new": revision}
            ).rowcount
        )
    )


async def test_opening_again_migrates_nothing_and_is_quick(
    open_store: Callable[[], Store],
) -> None:
    await open_store().aclose()
    started = time.perf_counter()
    store = open_store()
    seconds = time.perf_counter() - started
    await store.aclose()
    assert seconds < 1.0


@pytest.mark.postgresql
async def test_two_stores_that_open_an_empty_postgresql_database_at_once_both_get_it(
    empty_url: Callable[[], str],
) -> None:
    url = empty_url()
    opened = await asyncio.gather(*(asyncio.to_thread(PostgresqlStore, url) for _ in range(3)))
    for store in opened:
        assert await store.read(migrate.current_revision) == migrate.HEAD
        await store.aclose()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tasktrail.db"
    path.write_bytes(b"not a database at all " * 100)
    with pytest.raises(StoreUnavailableError, match="not a database"):
        SqliteStore(path)
    assert path.read_bytes().startswith(b"not a database")


@pytest.mark.postgresql
def test_a_postgresql_server_that_is_not_there_is_reported() -> None:
    with pytest.raises(StoreUnavailableError, match=r"No such file|refused"):
        PostgresqlStore("postgresql://nobody@/nothing?host=/nowhere")


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (tasks, {"status": "skipped", "ended_at": 1}),
        (tasks, {"status": "lost"}),
        (tasks, {"status": "done"}),
        (tasks, {"ended_at": 1}),
        (tasks, {"status": "failed", "ended_at": 1}),
        (tasks, {"error": "{}"}),
        (tasks, {"immediate": True}),
        (tasks, {"silent": True}),
        (tasks, {"organization_id": 999}),
        (tasks, {"origin_task_id": 999}),
        (tasks, {"repeated_task_id": 999}),
        (tasks, {"title": None}),
        (jobs, {"status": "in_progress"}),
        (jobs, {"claim": "mine"}),
        (jobs, {"status": "skipped"}),
        (steps, {"status": "backed_off"}),
        (steps, {"retry_at": 5}),
        (steps, {"ended_at": 5}),
        (steps, {"status": "elsewhere"}),
    ],
    ids=lambda value: str(value),
)
async def test_the_schema_refuses_what_the_model_forbids(
    bench: Bench, table: Any, values: dict[str, Any]
) -> None:
    task_id = await bench.submit()
    before = await bench.state(task_id)
    with pytest.raises(StoreUnavailableError):
        await bench.store.write(
            lambda transaction: transaction.connection.execute(update(table).values(values))
        )
    assert await bench.state(task_id) == before


async def test_the_schema_refuses_parts_of_no_task_and_two_holders_of_a_lock(bench: Bench) -> None:
    task_id = await bench.submit()
    held = {
        "organization_id": bench.organization_id,
        "name": "cluster:7",
        "task_id": task_id,
        "requested_at": 1,
        "granted_at": 1,
    }
    await bench.store.write(
        lambda transaction: transaction.connection.execute(insert(lock_claims).values(held))
    )
    for table, values in (
        (events, {"task_id": 999, "at": 1, "kind": "status"}),
        (task_plans, {"task_id": 999, "plan": "{}"}),
        (lock_claims, held),
    ):
        with pytest.raises(StoreUnavailableError):
            await bench.store.write(
                lambda transaction, table=table, values=values: transaction.connection.execute(
                    insert(table).values(values)
                )
            )


async def test_sqlite_is_set_up_for_durable_commits_in_one_file(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "tasktrail.db")

    def pragmas(transaction: Transaction) -> dict[str, Any]:
        names = ("journal_mode", "synchronous", "foreign_keys", "mmap_size", "query_only")
        connection = transaction.connection
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    found = await store.write(pragmas)
    integrity = await store.read(
        lambda connection: connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    )
    await store.aclose()
    full = 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "mmap_size": 0,
        "query_only": 0,
    }
    assert integrity == "ok"


async def test_closing_folds_the_log_of_sqlite_into_its_file(tmp_path: Path) -> None:
    path = tmp_path / "tasktrail.db"
    store = SqliteStore(path)
    task_id = await (await Bench.of(store)).submit()
    await store.aclose()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT id FROM tasks").fetchall() == [(task_id,)]
    connection.close()
