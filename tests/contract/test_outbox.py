"""What an engine elsewhere has to be told of is kept with what was decided, until it was told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select, update
from store_bench import ANN, START, Bench, one_job

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.ledger import Decided, Ledger
from tasktrail.model.happening import CancelAsked, JobClaimed
from tasktrail.model.instant import Instant
from tasktrail.store.engine_tables import outbox
from tasktrail.store.outbox import Call, answered, call_for_all, overdue
from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.store.store import Store

pytestmark = pytest.mark.postgresql


@pytest.fixture
def database() -> str:
    """The outbox is for processes that share a database."""
    return "postgresql"


@pytest.fixture
def decisions(store: Store) -> Decisions:
    return Decisions(store, lambda: Instant(START + 5), outbox=True)


def rows(connection: Connection) -> dict[int, int]:
    """The marks by their tasks."""
    found = connection.execute(select(outbox.c.task_id, outbox.c.mark))
    return {row.task_id: row.mark for row in found}


async def age(store: Store, seconds: float) -> None:
    """Let all that is in the outbox have been there for longer."""
    earlier = outbox.c.since - round(seconds * 1_000_000)
    await store.write(lambda one: one.connection.execute(update(outbox).values(since=earlier)))


async def submitted(bench: Bench, decisions: Decisions) -> tuple[int, int]:
    """A new task, and the mark that those who listen were told of."""
    told: list[Decided] = []
    decisions.subscribe(told.append)
    task_id = await decisions.make(lambda ledger: ledger.enter(bench.submission()))
    mark = told[-1].mark
    assert mark is not None
    return task_id, mark


async def test_a_new_task_is_in_the_outbox_with_the_mark_that_listeners_are_told(
    bench: Bench, decisions: Decisions
) -> None:
    task_id, mark = await submitted(bench, decisions)
    assert await bench.read(rows) == {task_id: mark}


async def test_an_engine_of_its_own_process_needs_no_outbox(bench: Bench) -> None:
    await Decisions(bench.store, bench.tick).make(lambda one: one.enter(bench.submission()))
    assert await bench.read(rows) == {}


async def test_what_is_rolled_back_is_not_in_the_outbox(bench: Bench, decisions: Decisions) -> None:
    def refused(ledger: Ledger) -> None:
        ledger.enter(bench.submission())
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        await decisions.make(refused)
    assert await bench.read(rows) == {}


async def test_a_call_that_was_answered_is_gone(bench: Bench, decisions: Decisions) -> None:
    call = await submitted(bench, decisions)
    await submitted(bench, decisions)
    await bench.store.write(lambda one: answered(one.connection, [call]))
    assert call[0] not in await bench.read(rows)
    assert len(await bench.read(rows)) == 1


async def test_an_answer_to_an_earlier_call_leaves_the_later_one(
    bench: Bench, decisions: Decisions
) -> None:
    task_id, mark = await submitted(bench, decisions)
    await decisions.happen(task_id, CancelAsked(ANN))
    await bench.store.write(lambda one: answered(one.connection, [(task_id, mark)]))
    assert (await bench.read(rows)).keys() == {task_id}


async def test_what_a_worker_reports_is_in_no_outbox(bench: Bench, decisions: Decisions) -> None:
    task_id, mark = await submitted(bench, decisions)
    await bench.store.write(lambda one: answered(one.connection, [(task_id, mark)]))
    job_id = next(iter((await bench.state(task_id)).jobs))
    await decisions.happen(task_id, JobClaimed(job_id, "mine"))
    await decisions.happen(task_id, await bench.report(task_id))
    assert await bench.read(rows) == {}


async def test_whoever_gets_a_lock_is_in_the_outbox(bench: Bench, decisions: Decisions) -> None:
    first = await bench.submit(one_job(locks=("one",)))
    second = await bench.submit(one_job(locks=("one",)))
    await decisions.happen(first, CancelAsked(ANN))
    assert (await bench.read(rows)).keys() == {first, second}


async def test_only_what_nobody_has_answered_for_some_time_is_overdue(
    bench: Bench, decisions: Decisions
) -> None:
    task_id, mark = await submitted(bench, decisions)
    assert await swept(bench) == []
    await age(bench.store, 3.0)
    assert await swept(bench) == [Call(task_id, mark, ended=False)]
    assert await swept(bench) == [], "one of several sweeps is enough"


async def test_an_overdue_call_says_whether_its_task_has_ended(
    bench: Bench, decisions: Decisions
) -> None:
    task_id, _ = await submitted(bench, decisions)
    await decisions.happen(task_id, CancelAsked(ANN))
    await age(bench.store, 3.0)
    (call,) = await swept(bench)
    assert call.ended


async def test_a_new_engine_is_called_for_everything_that_has_not_ended(
    bench: Bench, decisions: Decisions
) -> None:
    live, ended = await bench.submit(), await bench.submit()
    await bench.play(ended)
    await bench.store.write(lambda one: call_for_all(one.connection))
    assert (await bench.read(rows)).keys() == {live}


async def test_a_lock_is_held_by_one_or_shared_by_many(
    open_store: Callable[[], PostgresqlStore],
) -> None:
    store = open_store()
    owner, one, two = open_store(), store.shared_use(), store.shared_use()
    try:
        assert one.take()
        assert two.take()
        assert not owner.own()
        one.close()
        two.close()
        assert owner.own()
        late, upkeep = store.shared_use(), store.upkeep_lock()
        assert not late.take()
        assert upkeep.take()
        upkeep.close()
    finally:
        await owner.aclose()
        await store.aclose()


async def swept(bench: Bench) -> list[Call]:
    return await bench.store.write(lambda one: overdue(one.connection, 2.0, 10))
