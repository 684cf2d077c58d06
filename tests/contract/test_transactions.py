"""A transaction is all or nothing, whatever happens in it and beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from store_bench import ANN, Bench, Gate, one_job

from tasktrail.actions.ledger import Ledger
from tasktrail.errors import NotFoundError, StaleClaimError, StoreUnavailableError
from tasktrail.model.happening import CancelAsked, JobClaimed, StartDue
from tasktrail.model.status import Status
from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.store.store import Store
from tasktrail.store.tables import organizations, tasks
from tasktrail.store.transaction import Transaction


class OddError(Exception):
    """What only these tests raise."""


class OddExit(BaseException):
    """Not even an exception of the usual kind."""


def meddle(bench: Bench, task_id: int, status: str = "pending") -> Callable[[Transaction], int]:
    """Changes a stored status behind the back of whoever holds a copy of it."""
    statement = update(tasks).where(tasks.c.id == task_id).values(status=status)
    return lambda transaction: transaction.connection.execute(statement).rowcount


def outdated(bench: Bench, task_id: int) -> Callable[[Transaction], None]:
    """Accepts a new task, and decides about another one that changes in the meantime."""

    def work(transaction: Transaction) -> None:
        ledger = Ledger(transaction, bench.tick())
        ledger.enter(bench.submission(one_job(title="beside a stale write")))
        transaction.state(task_id)
        meddle(bench, task_id)(transaction)
        ledger.happen(task_id, CancelAsked(ANN))

    return work


async def test_a_write_that_starts_from_another_status_is_stale_and_keeps_nothing(
    bench: Bench,
) -> None:
    task_id = await bench.submit()
    before = await bench.state(task_id)
    with pytest.raises(StaleClaimError, match="tasks have changed"):
        await bench.store.write(outdated(bench, task_id))
    assert await bench.state(task_id) == before
    assert await bench.kept(task_id) == before
    titles = await bench.read(lambda c: c.execute(select(tasks.c.title)).scalars().all())
    assert titles == ["A test"]


async def test_a_stale_write_fails_alone_in_its_group(bench: Bench) -> None:
    """Others of the same commit stand, those that came before it and those that came after."""
    stale, good = await bench.submit(), await bench.submit()
    gate = Gate(bench.store)
    holding = await gate.close()
    first = asyncio.create_task(bench.happen(good, CancelAsked(ANN)))
    await asyncio.sleep(0)
    refused = asyncio.create_task(bench.store.write(outdated(bench, stale)))
    await asyncio.sleep(0)
    last = asyncio.create_task(bench.submit(one_job(locks=("cluster:7",))))
    await asyncio.sleep(0)
    gate.open()
    await holding
    await first
    assert await bench.status(good) is Status.CANCELED
    assert await bench.status(await last) is Status.QUEUED
    with pytest.raises(StaleClaimError):
        await refused
    assert await bench.status(stale) is Status.QUEUED
    assert (await bench.kept(stale)).task.status is Status.QUEUED


async def test_a_copy_that_is_out_of_date_spoils_no_other_write_of_its_group(
    bench: Bench,
) -> None:
    """Each is done again for itself, on what is really stored."""
    outdated_copy, good = await bench.submit(), await bench.submit()
    await bench.store.write(meddle(bench, outdated_copy))
    gate = Gate(bench.store)
    holding = await gate.close()
    writes: list[asyncio.Task[Any]] = [
        asyncio.create_task(bench.happen(good, CancelAsked(ANN))),
        asyncio.create_task(bench.happen(outdated_copy, CancelAsked(ANN))),
        # This one makes the writer flush what the others have left.
        asyncio.create_task(bench.submit(one_job(locks=("cluster:7",)))),
    ]
    await asyncio.sleep(0)
    gate.open()
    await holding
    await asyncio.gather(*writes)
    for task_id in (good, outdated_copy):
        path = [
            (event.from_status, event.to_status)
            for _, event in await bench.history(task_id)
            if event.to_status and event.job_id is None
        ]
        assert path[-1][1] is Status.CANCELED
        assert await bench.kept(task_id) == await bench.state(task_id)
    assert path[-1][0] is Status.PENDING


async def test_what_the_database_refuses_of_one_leaves_its_group_alone(bench: Bench) -> None:
    await bench.submit()
    gate = Gate(bench.store)
    holding = await gate.close()
    writes = [asyncio.create_task(bench.submit()) for _ in range(3)]
    await asyncio.sleep(0)
    refused = asyncio.create_task(
        bench.store.write(
            lambda transaction: transaction.connection.execute(update(tasks).values(status="lost"))
        )
    )
    await asyncio.sleep(0)
    writes += [asyncio.create_task(bench.submit()) for _ in range(3)]
    await asyncio.sleep(0)
    gate.open()
    await holding
    ids = await asyncio.gather(*writes)
    assert len(set(ids)) == 6
    for task_id in ids:
        assert await bench.status(task_id) is Status.QUEUED
    with pytest.raises(StoreUnavailableError):
        await refused


@pytest.mark.parametrize("with_statements", [False, True])
async def test_work_that_fails_leaves_no_trace(bench: Bench, *, with_statements: bool) -> None:
    task_id = await bench.submit()
    before, events = await bench.state(task_id), await bench.history(task_id)

    def fail(transaction: Transaction) -> None:
        ledger = Ledger(transaction, bench.tick())
        ledger.enter(bench.submission())
        ledger.happen(task_id, CancelAsked(ANN))
        if with_statements:
            transaction.connection.execute(
                organizations.insert().values(name="other", created_at=1)
            )
            ledger.enter(bench.submission())
        raise OddError

    with pytest.raises(OddError):
        await bench.store.write(fail)
    assert await bench.state(task_id) == before
    assert await bench.kept(task_id) == before
    assert await bench.history(task_id) == events
    assert await bench.read(lambda c: c.execute(select(func.count(tasks.c.id))).scalar()) == 1
    names = await bench.read(lambda c: c.execute(select(organizations.c.name)).scalars().all())
    assert names == ["acme"]
    await bench.play(task_id)
    assert await bench.status(task_id) is Status.DONE


async def test_work_that_fails_after_earlier_work_on_the_same_task_undoes_only_itself(
    bench: Bench,
) -> None:
    task_id = await bench.submit()
    job_id = next(iter((await bench.state(task_id)).jobs))

    def cancel_and_fail(transaction: Transaction) -> None:
        Ledger(transaction, bench.now).happen(task_id, CancelAsked(ANN))
        raise OddError

    gate = Gate(bench.store)
    holding = await gate.close()
    claimed = asyncio.create_task(bench.happen(task_id, JobClaimed(job_id, "mine")))
    await asyncio.sleep(0)
    failed = asyncio.create_task(bench.store.write(cancel_and_fail))
    await asyncio.sleep(0)
    gate.open()
    await holding
    await claimed
    with pytest.raises(OddError):
        await failed
    state = await bench.kept(task_id)
    assert state.task.status is Status.IN_PROGRESS
    assert state.task.cancel is None
    assert state == await bench.state(task_id)


@pytest.mark.parametrize("error", [StopIteration(), OddExit(), OddError()])
async def test_whatever_work_raises_reaches_its_caller_and_the_store_goes_on(
    bench: Bench, error: BaseException
) -> None:
    def fail(_: Transaction) -> None:
        raise error

    expected = RuntimeError if isinstance(error, StopIteration) else type(error)
    caught: BaseException | None = None
    try:
        await asyncio.wait_for(bench.store.write(fail), 10)
    except BaseException as found:  # noqa: BLE001 - any kind of it is the point
        caught = found
    assert isinstance(caught, expected)
    assert await bench.status(await bench.submit()) is Status.QUEUED


async def test_a_happening_for_no_task_is_refused(bench: Bench) -> None:
    with pytest.raises(NotFoundError, match="no task 4711"):
        await bench.happen(4711, StartDue())
    with pytest.raises(NotFoundError, match="no task 4711"):
        await bench.view(4711)


async def test_many_writes_at_once_all_stand_and_answer_their_own_callers(
    bench: Bench, open_store: Callable[[], Store]
) -> None:
    writes = 100 if isinstance(bench.store, PostgresqlStore) else 500
    titles = [f"task {number}" for number in range(writes)]
    ids = await asyncio.gather(*(bench.submit(one_job(title=title)) for title in titles))
    other = open_store() if isinstance(bench.store, PostgresqlStore) else bench.store
    stored = await other.read(
        lambda connection: {
            row.id: row.title for row in connection.execute(select(tasks.c.id, tasks.c.title))
        }
    )
    assert stored == dict(zip(ids, titles, strict=True))
    if other is not bench.store:
        await other.aclose()


async def test_a_caller_who_stops_waiting_disturbs_nobody(bench: Bench) -> None:
    gate = Gate(bench.store)
    holding = await gate.close()
    impatient = asyncio.create_task(bench.submit())
    patient = asyncio.create_task(bench.submit())
    await asyncio.sleep(0)
    impatient.cancel()
    gate.open()
    await holding
    assert await bench.status(await patient) is Status.QUEUED
    assert impatient.cancelled()


async def test_a_closed_store_refuses_and_closes_again_in_peace(
    open_store: Callable[[], Store],
) -> None:
    store = open_store()
    await store.aclose()
    await store.aclose()
    with pytest.raises(StoreUnavailableError, match="closed"):
        await store.write(lambda _: None)
    with pytest.raises(StoreUnavailableError, match="closed"):
        await store.read(lambda _: None)


async def test_what_was_begun_is_finished_when_the_store_is_closed(
    open_store: Callable[[], Store],
) -> None:
    store = open_store()
    bench = await Bench.of(store)
    writes = [asyncio.create_task(bench.submit()) for _ in range(20)]
    await asyncio.sleep(0)
    await store.aclose()
    ids = await asyncio.gather(*writes)
    again = open_store()
    stored = await again.read(lambda c: c.execute(select(tasks.c.id)).scalars().all())
    await again.aclose()
    assert sorted(stored) == sorted(ids)


async def test_ids_are_never_used_again(open_store: Callable[[], Store]) -> None:
    """Not in this life, not in the next, and not when the newest ones are deleted."""
    store = open_store()
    bench = await Bench.of(store)
    seen: list[tuple[int, int, int]] = []

    async def take(bench: Bench) -> None:
        state = await bench.state(await bench.submit())
        seen.append((state.task.id, next(iter(state.jobs)), next(iter(state.steps))))

    def fail(transaction: Transaction) -> None:
        Ledger(transaction, bench.now).enter(bench.submission())
        raise OddError

    await take(bench)
    with pytest.raises(OddError):
        await store.write(fail)
    await take(bench)
    tables = ("events", "task_plans", "steps", "jobs", "tasks")
    await store.write(
        lambda transaction: (
            [transaction.connection.execute(text(f"DELETE FROM {name}")) for name in tables]
            and None
        )
    )
    await store.aclose()
    store = open_store()
    await take(await Bench.of(store))
    await store.aclose()
    for ids in zip(*seen, strict=True):
        assert list(ids) == sorted(set(ids))
