"""Queries: they cannot write, wait for nobody, see one state, and find what they need by index."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select, text
from store_bench import ANN, Bench, one_job

from tasktrail.errors import StoreUnavailableError
from tasktrail.model.happening import CancelAsked
from tasktrail.model.status import Status
from tasktrail.store.identity.support_tasks import live_support_tasks
from tasktrail.store.sqlite import SqliteStore
from tasktrail.store.states import load_state
from tasktrail.store.tables import tasks
from tasktrail.store.task_filter import TaskFilter
from tasktrail.store.task_history import Untold, history_page
from tasktrail.store.task_list import list_below, list_tasks
from tasktrail.store.task_news import live_tasks
from tasktrail.store.task_views import live_task_ids, view_tasks
from tasktrail.store.transaction import Transaction
from tasktrail.store.visibility import Sight


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tasks SET title = 'changed'",
        "DELETE FROM events",
        "INSERT INTO organizations (name, created_at) VALUES ('other', 1)",
        "CREATE TABLE other (id INTEGER)",
        "DROP TABLE lock_claims",
    ],
)
async def test_a_query_cannot_write(bench: Bench, statement: str) -> None:
    task_id = await bench.submit()
    before = await bench.state(task_id), await bench.history(task_id)
    with pytest.raises(StoreUnavailableError, match=r"read-?only"):
        await bench.read(lambda connection: connection.execute(text(statement)))
    assert (await bench.state(task_id), await bench.history(task_id)) == before


async def test_queries_are_answered_while_a_write_is_under_way(bench: Bench) -> None:
    task_id = await bench.submit()
    reached, go_on = threading.Event(), threading.Event()

    def slow(transaction: Transaction) -> None:
        transaction.connection.execute(tasks.update().values(title="changed"))
        reached.set()
        assert go_on.wait(30)

    writing = asyncio.create_task(bench.store.write(slow))
    await asyncio.to_thread(reached.wait)
    view = await asyncio.wait_for(bench.view(task_id), 5)
    assert view.task.title == "A test"
    go_on.set()
    await writing
    assert (await bench.view(task_id)).task.title == "changed"


async def test_all_statements_of_a_query_see_the_same_state(bench: Bench) -> None:
    """Otherwise a task might be shown as done while its job still runs."""
    reached, go_on = threading.Event(), threading.Event()

    def twice(connection: Connection) -> tuple[Any, Any]:
        count = select(func.count(tasks.c.id))
        first = connection.execute(count).scalar()
        reached.set()
        assert go_on.wait(30)
        return first, connection.execute(count).scalar()

    await bench.submit()
    reading = asyncio.create_task(bench.read(twice))
    await asyncio.to_thread(reached.wait)
    await bench.submit()
    go_on.set()
    assert await reading == (1, 1)
    assert await bench.read(lambda c: c.execute(select(func.count(tasks.c.id))).scalar()) == 2


async def test_a_query_that_fails_leaves_its_connection_usable(bench: Bench) -> None:
    for _ in range(12):
        with pytest.raises(StoreUnavailableError):
            await bench.read(lambda connection: connection.execute(text("SELECT * FROM nothing")))
        with pytest.raises(ZeroDivisionError):
            await bench.read(lambda _: 1 // 0)
    task_id = await bench.submit()
    assert await bench.status(task_id) is Status.QUEUED


@contextmanager
def plans(connection: Connection) -> Generator[list[str]]:
    """How SQLite carries out every statement, as lines of EXPLAIN QUERY PLAN."""
    found: list[str] = []

    def explain(_: Connection, cursor: Any, statement: str, parameters: Any, *__: object) -> None:
        explaining = cursor.connection.cursor()
        explaining.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        found.extend(row[3] for row in explaining.fetchall())

    event.listen(connection, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", explain)


async def plan_of(store: SqliteStore, query: Callable[[Connection], object]) -> list[str]:
    """How SQLite carries out what `query` asks."""

    def explained(connection: Connection) -> list[str]:
        with plans(connection) as lines:
            query(connection)
        return lines

    return await store.read(explained)


def _full_scans(lines: list[str]) -> list[str]:
    """Scans of tables that grow for ever; the index over live tasks holds only those."""
    scan = re.compile(r"SCAN (tasks|events|steps|jobs|attempts|task_\w+|lock_claims)\b")
    return [line for line in lines if scan.match(line) and "ix_tasks_live" not in line]


EVERYTHING, OWN = TaskFilter(), Sight(1, None)

QUERIES: dict[str, Callable[[Connection], object]] = {
    "state": lambda c: load_state(c, 1),
    "views": lambda c: view_tasks(c, [1, 2, 3]),
    "live": live_task_ids,
    "history": lambda c: history_page(c, 1, Untold(), 0, None),
    "a page of a history": lambda c: history_page(
        c, 1, Untold(job_ids=frozenset({1}), step_ids=frozenset({1}), linked=frozenset({2})), 30, 30
    ),
    "list": lambda c: list_tasks(c, OWN, EVERYTHING, 1, 50),
    "list of a project": lambda c: list_tasks(
        c, OWN, replace(EVERYTHING, projects=("shop",)), 1, 50
    ),
    "list by status": lambda c: list_tasks(
        c, OWN, replace(EVERYTHING, statuses=(Status.FAILED,)), 1, 50
    ),
    "below": lambda c: list_below(c, OWN, [1], silent=False),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
async def test_sqlite_reads_no_whole_table(
    tmp_path: Path, query: Callable[[Connection], object]
) -> None:
    store = SqliteStore(tmp_path / "tasktrail.db")
    bench = await Bench.of(store)
    for _ in range(3):
        await bench.submit(one_job(locks=("a",)))
    await bench.happen(1, CancelAsked(ANN))

    lines = await plan_of(store, query)
    await store.aclose()
    assert lines
    assert _full_scans(lines) == []


LIVE: dict[str, Callable[[Connection], object]] = {
    "of all": lambda c: live_tasks(c, OWN),
    "of support": lambda c: live_support_tasks(c, 1),
}


@pytest.mark.parametrize("query", LIVE.values(), ids=LIVE)
async def test_sqlite_finds_live_tasks_without_reading_the_others(
    tmp_path: Path, query: Callable[[Connection], object]
) -> None:
    """Every page that follows what happens asks for them, also after a million tasks."""
    store = SqliteStore(tmp_path / "tasktrail.db")

    lines = await plan_of(store, query)
    await store.aclose()
    assert any("ix_tasks_live" in line for line in lines)
    assert not [line for line in lines if "tasks" in line and "(organization_id=?)" in line]
    assert _full_scans(lines) == []


async def test_a_scan_would_be_noticed(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "tasktrail.db")

    def explained(connection: Connection) -> list[str]:
        with plans(connection) as lines:
            connection.execute(select(tasks.c.id).where(tasks.c.title == "x"))
        return lines

    lines = await store.read(explained)
    await store.aclose()
    assert len(_full_scans(lines)) == 1
