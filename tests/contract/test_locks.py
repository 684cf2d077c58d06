"""Locks: exclusive, first come first served, several at once, released with who held them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from random import Random

import pytest
from sqlalchemy import Connection, select
from store_bench import ANN, Bench, one_job

from tasktrail.actions.ledger import Ledger
from tasktrail.model.event import EventKind
from tasktrail.model.happening import CancelAsked
from tasktrail.model.instant import Instant
from tasktrail.model.plan import CommandAction, JobPlan, StepPlan, TaskPlan
from tasktrail.model.status import Status
from tasktrail.store import locks
from tasktrail.store.locks import JobOrTask, LockWait
from tasktrail.store.organizations import ensure_organization
from tasktrail.store.store import Store
from tasktrail.store.tables import lock_claims
from tasktrail.store.transaction import Transaction

NOW = Instant(5)


class Queues:
    """Asks for locks and gives them up, for tasks that do nothing else."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def request(self, owner: JobOrTask, *names: str, organization: int | None = None) -> bool:
        of = organization or self._bench.organization_id
        return await self._bench.store.write(
            lambda transaction: locks.request(transaction.connection, of, names, owner, NOW)
        )

    async def release(self, owner: JobOrTask) -> list[JobOrTask]:
        return await self._bench.store.write(
            lambda transaction: locks.release(transaction.connection, owner, NOW)
        )

    async def waits(self, *task_ids: int) -> dict[int, list[LockWait]]:
        return await self._bench.read(lambda connection: locks.waits(connection, task_ids))

    async def holders(self) -> list[tuple[str, int]]:
        return await self._bench.read(holders)


def holders(connection: Connection) -> list[tuple[str, int]]:
    found = connection.execute(
        select(lock_claims.c.name, lock_claims.c.task_id)
        .where(lock_claims.c.granted_at.is_not(None))
        .order_by(lock_claims.c.name)
    )
    return [(row.name, row.task_id) for row in found]


@pytest.fixture
def queues(bench: Bench) -> Queues:
    return Queues(bench)


@pytest.fixture
async def three(bench: Bench) -> tuple[int, int, int]:
    """Three tasks."""
    return await bench.submit(), await bench.submit(), await bench.submit()


async def test_first_come_first_served(queues: Queues, three: tuple[int, int, int]) -> None:
    first, second, third = three
    assert await queues.request((first, None), "a")
    assert not await queues.request((second, None), "a")
    assert not await queues.request((third, None), "a")
    assert await queues.waits(*three) == {
        second: [LockWait("a", None, first, 1)],
        third: [LockWait("a", None, first, 2)],
    }
    assert await queues.release((first, None)) == [(second, None)]
    assert await queues.waits(*three) == {third: [LockWait("a", None, second, 1)]}
    assert await queues.release((second, None)) == [(third, None)]
    assert await queues.release((third, None)) == []
    assert await queues.holders() == []


async def test_asking_again_changes_nothing(queues: Queues, three: tuple[int, int, int]) -> None:
    first, second, _ = three
    for _ in range(2):
        assert await queues.request((first, None), "a", "b", "a")
        assert not await queues.request((second, None), "b", "a")
    assert await queues.holders() == [("a", first), ("b", first)]
    assert await queues.release((first, None)) == [(second, None)]
    assert await queues.release((first, None)) == []


async def test_several_locks_are_had_all_at_once_or_not_at_all(
    queues: Queues, three: tuple[int, int, int]
) -> None:
    first, second, third = three
    assert await queues.request((first, None), "a")
    assert not await queues.request((second, None), "a", "b")
    assert await queues.holders() == [("a", first)]
    assert not await queues.request((third, None), "b"), "b is kept for who came first"
    waits = await queues.waits(second, third)
    assert waits == {
        second: [LockWait("a", None, first, 1), LockWait("b", None, None, 1)],
        third: [LockWait("b", None, None, 2)],
    }
    assert await queues.release((first, None)) == [(second, None)]
    assert await queues.holders() == [("a", second), ("b", second)]
    assert await queues.release((second, None)) == [(third, None)]


async def test_who_leaves_the_queue_lets_the_next_one_up(
    queues: Queues, three: tuple[int, int, int]
) -> None:
    first, second, third = three
    await queues.request((first, None), "a")
    await queues.request((second, None), "a", "b")
    await queues.request((third, None), "b")
    assert await queues.release((second, None)) == [(third, None)]
    assert await queues.holders() == [("a", first), ("b", third)]


async def test_locks_of_organizations_are_apart(
    bench: Bench, queues: Queues, three: tuple[int, int, int]
) -> None:
    other = await bench.store.write(
        lambda transaction: ensure_organization(transaction.connection, "other", NOW)
    )
    assert await queues.request((three[0], None), "a")
    assert await queues.request((three[1], None), "a", organization=other)


async def test_jobs_of_one_task_exclude_each_other_but_not_their_task(
    queues: Queues, three: tuple[int, int, int]
) -> None:
    first, second, _ = three
    assert await queues.request((first, None), "task")
    assert await queues.request((first, 1), "task", "a")
    assert not await queues.request((first, 2), "a")
    assert not await queues.request((second, 3), "task")
    assert await queues.waits(first, second) == {
        first: [LockWait("a", 2, first, 1)],
        second: [LockWait("task", 3, first, 1)],
    }
    assert await queues.release((first, 1)) == [(first, 2)]
    assert await queues.holders() == [("a", first), ("task", first)]
    assert await queues.release((first, None)) == [(second, 3)], "a task gives up all of its jobs'"


async def test_a_task_waits_as_pending_until_the_holder_has_ended(bench: Bench) -> None:
    holder = await bench.submit(one_job(locks=("cluster:7",)))
    waiting = await bench.submit(one_job(locks=("cluster:7", "cluster:8")))
    assert await bench.status(holder) is Status.QUEUED
    assert await bench.status(waiting) is Status.PENDING
    assert (await bench.view(waiting)).waits == [
        LockWait("cluster:7", None, holder, 1),
        LockWait("cluster:8", None, None, 1),
    ]
    await bench.play(holder)
    assert await bench.status(waiting) is Status.QUEUED
    assert (await bench.view(waiting)).waits == []
    kinds = [event.kind for _, event in await bench.history(waiting)]
    assert kinds.count(EventKind.LOCK_GRANTED) == 1
    await bench.play(waiting)
    assert await bench.read(holders) == []


async def test_a_canceled_task_leaves_the_queue(bench: Bench) -> None:
    plan = one_job(locks=("cluster:7",))
    first, second, third = [await bench.submit(plan) for _ in range(3)]
    await bench.happen(second, CancelAsked(ANN))
    assert (await bench.view(third)).waits == [LockWait("cluster:7", None, first, 1)]
    await bench.happen(first, CancelAsked(ANN))
    assert await bench.status(third) is Status.QUEUED


async def test_a_lock_of_a_job_holds_only_that_job(bench: Bench) -> None:
    step = StepPlan(name="step", action=CommandAction(run="true"))
    plan = TaskPlan(
        definition="test",
        title="A test",
        jobs=(
            JobPlan(name="locked", steps=(step,), locks=("cluster:7",)),
            JobPlan(name="beside", steps=(step,)),
        ),
    )
    holder, waiting = await bench.submit(plan), await bench.submit(plan)
    state = await bench.state(waiting)
    assert [job.status for job in state.jobs.values()] == [Status.PENDING, Status.QUEUED]
    locked = next(iter(state.jobs))
    assert (await bench.view(waiting)).waits == [LockWait("cluster:7", locked, holder, 1)]
    await bench.play(holder)
    state = await bench.state(waiting)
    assert [job.status for job in state.jobs.values()] == [Status.QUEUED, Status.QUEUED]


def _on_threads(stores: Iterable[Callable[[], None]]) -> list[BaseException]:
    """Do all of it at once; what went wrong."""
    wrong: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            wrong.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


async def test_20_tasks_that_want_two_locks_in_both_orders_all_get_them_in_turn(
    bench: Bench,
) -> None:
    store, organization_id = bench.store, bench.organization_id
    tasks = [await bench.submit() for _ in range(20)]
    granted = {task_id: threading.Event() for task_id in tasks}
    holding: list[int] = []
    most = 0

    def work_of(task_id: int, names: tuple[str, str]) -> Callable[[], None]:
        async def work() -> None:
            nonlocal most

            def ask(transaction: Transaction) -> bool:
                return locks.request(
                    transaction.connection, organization_id, names, (task_id, None), NOW
                )

            def give_up(transaction: Transaction) -> list[JobOrTask]:
                return locks.release(transaction.connection, (task_id, None), NOW)

            if await store.write(ask):
                granted[task_id].set()
            assert await asyncio.to_thread(granted[task_id].wait, 30), "never granted"
            holding.append(task_id)
            most = max(most, len(holding))
            holding.remove(task_id)
            for owner, _ in await store.write(give_up):
                granted[owner].set()

        return lambda: asyncio.run(work())

    works = [
        work_of(task_id, ("a", "b") if place % 2 else ("b", "a"))
        for place, task_id in enumerate(tasks)
    ]
    assert await asyncio.to_thread(_on_threads, works) == []
    assert most == 1
    assert await bench.read(holders) == []


async def test_locks_released_at_the_same_time_wake_who_wants_both(bench: Bench) -> None:
    """Neither of the two may take the other's lock for still held."""
    for _ in range(15):
        first = await bench.submit(one_job(locks=("a",)))
        second = await bench.submit(one_job(locks=("b",)))
        both = await bench.submit(one_job(locks=("a", "b")))
        assert await bench.status(both) is Status.PENDING
        await asyncio.gather(
            bench.happen(first, CancelAsked(ANN)), bench.happen(second, CancelAsked(ANN))
        )
        assert await bench.status(both) is Status.QUEUED
        await bench.happen(both, CancelAsked(ANN))


async def test_no_task_is_left_waiting_however_holders_and_waiters_end(
    store: Store, bench: Bench
) -> None:
    """Tasks that are canceled at random, at once, never block each other or lose their turn."""
    random = Random(7)
    names = ("a", "b", "c")

    async def one() -> None:
        wanted = tuple(random.sample(names, random.randint(1, 3)))
        now = bench.tick()
        submission = bench.submission(one_job(locks=wanted))
        task_id = await store.write(lambda transaction: Ledger(transaction, now).enter(submission))
        await bench.happen(task_id, CancelAsked(ANN))

    await asyncio.gather(*(one() for _ in range(30)))
    assert await bench.read(holders) == []
    assert await bench.read(lambda c: c.execute(select(lock_claims.c.id)).all()) == []
    last = await bench.submit(one_job(locks=names))
    assert await bench.status(last) is Status.QUEUED
