"""States that a process keeps of tasks which other processes decide about, too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event
from store_bench import Bench

from tasktrail.actions.ledger import Ledger
from tasktrail.errors import NotFoundError
from tasktrail.model.happening import CancelAsked
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status
from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.store.states import load_state

pytestmark = pytest.mark.postgresql


@pytest.fixture
async def ours(postgresql_url: str) -> AsyncIterator[Bench]:
    """A process that works on a database."""
    store = PostgresqlStore(postgresql_url)
    yield await Bench.of(store)
    await store.aclose()


@pytest.fixture
async def theirs(ours: Bench, postgresql_url: str) -> AsyncIterator[Bench]:
    """Another process on the same database."""
    store = PostgresqlStore(postgresql_url)
    yield Bench(store, ours.organization_id)
    await store.aclose()


@contextmanager
def statements() -> Generator[list[str]]:
    """What is asked of databases meanwhile."""
    asked: list[str] = []

    def note(_: Connection, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def loaded(bench: Bench, task_id: int) -> TaskState:
    return await bench.read(lambda connection: load_state(connection, task_id))


async def test_what_was_decided_here_is_not_read_again(ours: Bench) -> None:
    task_id = await ours.submit()
    with statements() as asked:
        state = await loaded(ours, task_id)
    assert len(asked) == 1, asked
    assert state == await ours.state(task_id)


async def test_a_claim_and_a_report_read_nothing_but_the_row_that_they_lock(ours: Bench) -> None:
    task_id = await ours.submit()
    await loaded(ours, task_id)
    with statements() as asked:
        ended = await ours.claim(task_id)
    own = [one for one in asked if one.lstrip().startswith("SELECT") and "FOR NO KEY" in one]
    assert len(own) == 1
    with statements() as asked:
        await ours.happen(task_id, ended)
    reads = [one for one in asked if one.lstrip().startswith("SELECT")]
    assert len(reads) == 1, reads
    assert (await ours.state(task_id)).task.status is Status.DONE


async def test_what_others_decide_is_seen_at_once(ours: Bench, theirs: Bench) -> None:
    task_id = await ours.submit()
    assert await loaded(theirs, task_id) == await ours.state(task_id)
    ended = await theirs.claim(task_id)
    for bench in (ours, theirs):
        assert await loaded(bench, task_id) == await ours.state(task_id)
        assert await bench.kept(task_id) == await ours.state(task_id)
    await ours.happen(task_id, ended)
    for bench in (ours, theirs):
        assert (await loaded(bench, task_id)).task.status is Status.DONE


async def test_what_came_to_nothing_leaves_no_trace(ours: Bench) -> None:
    task_id = await ours.submit()

    def fail(ledger: Ledger) -> None:
        ledger.happen(task_id, CancelAsked(by=None))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await ours.make(fail)
    for state in (await loaded(ours, task_id), await ours.kept(task_id)):
        assert state.task.status is Status.QUEUED
        assert state == await ours.state(task_id)


async def test_nobody_sees_a_decision_before_it_is_durable(ours: Bench) -> None:
    task_id = await ours.submit()
    before = await loaded(ours, task_id)
    await ours.claim(task_id)
    assert before.task.status is Status.QUEUED, "what was read stays as it was"
    assert {job.status for job in before.jobs.values()} == {Status.QUEUED}


async def test_a_task_that_is_not_there_is_not_found(ours: Bench) -> None:
    with pytest.raises(NotFoundError):
        await loaded(ours, 4711)
    with pytest.raises(NotFoundError):
        await ours.kept(4711)
