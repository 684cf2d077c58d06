"""Nobody waits in a circle at locks: the job that would close one fails and says so."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from random import Random

import pytest
from sqlalchemy import Connection, select
from store_bench import Bench

from tasktrail.errors import ConflictError
from tasktrail.model.happening import JobClaimed, StepEnded
from tasktrail.model.plan import CommandAction, JobPlan, SpawnAction, StepPlan, TaskPlan
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status
from tasktrail.model.submission import Origin
from tasktrail.store.locks import LockWait
from tasktrail.store.tables import lock_claims

COMMAND = StepPlan(name="step", action=CommandAction(run="true"))
SPAWN = StepPlan(name="spawn", action=SpawnAction(target="other"))


def job(name: str, *locks: str, after: tuple[str, ...] = (), step: StepPlan = COMMAND) -> JobPlan:
    return JobPlan(name=name, steps=(step,), after=after, locks=locks)


def plan(*jobs: JobPlan, locks: Iterable[str] = ()) -> TaskPlan:
    return TaskPlan(definition="test", title="A test", jobs=jobs, locks=tuple(locks))


def holding(lock: str, *wanted: str) -> TaskPlan:
    """Holds a lock as a task; once its first job has ended, the second one wants others."""
    return plan(job("first"), job("second", *wanted, after=("first",)), locks=(lock,))


def statuses(state: TaskState) -> list[str]:
    return [one.status.value for one in state.jobs.values()]


async def end_step(bench: Bench, task_id: int) -> None:
    """The first queued job runs its one step."""
    await bench.claim(task_id)
    await bench.happen(task_id, await bench.report(task_id))


async def message_of(bench: Bench, task_id: int) -> str:
    error = (await bench.state(task_id)).task.error
    assert error is not None
    return error.message


async def claims(bench: Bench) -> list[tuple[int, str]]:
    def read(connection: Connection) -> list[tuple[int, str]]:
        found = connection.execute(select(lock_claims.c.task_id, lock_claims.c.name))
        return [(row.task_id, row.name) for row in found]

    return await bench.read(read)


async def test_of_two_crosswise_tasks_the_one_that_asks_last_fails(bench: Bench) -> None:
    first, last = await bench.submit(holding("1", "2")), await bench.submit(holding("2", "1"))
    await end_step(bench, first)
    assert (await bench.view(first)).waits[0] == LockWait(
        "2", list((await bench.state(first)).jobs)[1], last, 1
    )

    await end_step(bench, last)

    assert await message_of(bench, last) == (
        f"it would wait for itself: the lock '1' is held by task {first},"
        " whose job 'second' waits for the lock '2' of this task"
    )
    assert await bench.status(last) is Status.FAILED
    assert statuses(await bench.state(first)) == ["done", "queued"], "it has the lock now"
    await end_step(bench, first)
    assert await bench.status(first) is Status.DONE
    assert await claims(bench) == []


async def test_a_circle_of_three_is_named_whole(bench: Bench) -> None:
    ring = [await bench.submit(holding(*names)) for names in (("1", "2"), ("2", "3"), ("3", "1"))]
    for task_id in ring:
        await end_step(bench, task_id)

    assert await message_of(bench, ring[2]) == (
        f"it would wait for itself: the lock '1' is held by task {ring[0]},"
        f" whose job 'second' waits for the lock '2' of task {ring[1]},"
        " whose job 'second' waits for the lock '3' of this task"
    )
    await end_step(bench, ring[1])
    await end_step(bench, ring[0])
    assert [await bench.status(task_id) for task_id in ring] == ["done", "done", "failed"]


async def test_a_circle_names_no_task_that_not_everybody_may_see_who_sees_the_refused_one(
    bench: Bench,
) -> None:
    places = (("shop", "blog"), ("blog",), ("shop",))
    locks = (("1", "2"), ("2", "3"), ("3", "1"))
    ring = [
        await bench.submit(holding(*names), projects=linked)
        for names, linked in zip(locks, places, strict=True)
    ]
    for task_id in ring:
        await end_step(bench, task_id)

    assert await message_of(bench, ring[2]) == (
        f"it would wait for itself: the lock '1' is held by task {ring[0]},"
        " whose job 'second' waits for the lock '2' of another task,"
        " which waits for this task"
    )


async def test_a_circle_of_a_project_says_nothing_of_the_organizations_own_tasks(
    bench: Bench,
) -> None:
    hidden = await bench.submit(holding("1", "2"))
    seen = await bench.submit(holding("2", "1"), projects=("shop",))
    await end_step(bench, hidden)

    await end_step(bench, seen)

    assert await message_of(bench, seen) == (
        "it would wait for itself: the lock '1' is held by another task, which waits for this task"
    )


async def test_a_lock_that_is_kept_for_who_waits_for_this_task_closes_a_circle_as_well(
    bench: Bench,
) -> None:
    runs = await bench.submit(holding("1", "2"))
    waits = await bench.submit(plan(job("main"), locks=("1", "2")))

    await end_step(bench, runs)

    assert await message_of(bench, runs) == (
        f"it would wait for itself: the lock '2' is kept for task {waits},"
        " which waits for the lock '1' of this task"
    )
    assert await bench.status(waits) is Status.QUEUED


async def test_who_merely_waits_in_the_same_queues_closes_no_circle(bench: Bench) -> None:
    holder = await bench.submit(plan(job("main", "2")))
    asks, beside = await bench.submit(holding("1", "2")), await bench.submit(holding("3", "2"))
    behind = await bench.submit(plan(job("main"), locks=("1",)))
    await end_step(bench, asks)
    await end_step(bench, beside)
    for task_id in (holder, asks, beside, behind):
        await end_step(bench, task_id)
        assert await bench.status(task_id) is Status.DONE


async def test_jobs_of_one_task_that_want_locks_crosswise_take_turns(bench: Bench) -> None:
    """Each takes all of its locks at once, so none holds what the other one is short of."""
    task_id = await bench.submit(plan(job("a", "1", "2"), job("b", "2", "1"), job("c", "2", "3")))
    for left in (["queued", "pending", "pending"], ["done", "queued", "pending"]):
        assert statuses(await bench.state(task_id)) == left
        await end_step(bench, task_id)
    await end_step(bench, task_id)
    assert await bench.status(task_id) is Status.DONE


async def test_of_jobs_that_ask_together_one_may_be_refused_without_the_others(
    bench: Bench,
) -> None:
    other = await bench.submit(holding("2", "1"))
    await end_step(bench, other)

    task_id = await bench.submit(plan(job("a", "2"), job("b", "3")))
    crossing = await bench.submit(plan(job("a"), job("b", "9"), locks=("9",)))

    assert statuses(await bench.state(task_id)) == ["pending", "queued"], "it holds nothing of 1"
    assert statuses(await bench.state(crossing)) == ["queued", "queued"]


async def test_what_another_refusal_has_ended_asks_for_nothing_any_more(bench: Bench) -> None:
    """fail_fast skips the job whose request stands behind the refused one's."""
    other = await bench.submit(holding("2", "1"))
    jobs = (job("first"), job("a", "2", after=("first",)), job("b", "3", after=("first",)))
    crossing = TaskPlan(definition="test", title="A", jobs=jobs, locks=("1",), fail_fast=True)
    task_id = await bench.submit(crossing)
    await end_step(bench, other)

    await end_step(bench, task_id)

    assert statuses(await bench.state(task_id)) == ["done", "failed", "skipped"]
    assert [task for task, _ in await claims(bench)] == [other, other]


async def test_a_job_of_a_spawned_task_does_not_wait_for_what_waits_for_its_origin(
    bench: Bench,
) -> None:
    """When it was spawned the lock was free: only the request itself can tell."""
    origin = await bench.submit(plan(job("spawns", step=SPAWN), locks=("1",)))
    report = await bench.claim(origin)
    spawned = await bench.submit(
        plan(job("first"), job("second", "2", after=("first",))), origin=_origin(origin, report)
    )
    other = await bench.submit(holding("2", "1"))
    await end_step(bench, other)

    await end_step(bench, spawned)

    assert await message_of(bench, spawned) == (
        f"it would wait for itself: the lock '2' is held by task {other},"
        f" whose job 'second' waits for the lock '1' of task {origin}, which waits for this task"
    )


async def test_a_job_does_not_wait_for_who_waits_for_a_spawned_task_that_waits_for_it(
    bench: Bench,
) -> None:
    origin = await bench.submit(plan(job("spawns", step=SPAWN), locks=("1",)))
    report = await bench.claim(origin)
    asks = await bench.submit(holding("2", "1"))
    spawned = await bench.submit(plan(job("main", "2")), origin=_origin(origin, report))

    await end_step(bench, asks)

    assert await message_of(bench, asks) == (
        f"it would wait for itself: the lock '1' is held by task {origin},"
        f" whose job 'spawns' waits for task {spawned},"
        " whose job 'main' waits for the lock '2' of this task"
    )
    assert await bench.status(spawned) is Status.QUEUED


async def test_crosswise_requests_at_the_same_moment_never_both_wait(bench: Bench) -> None:
    for _ in range(3):
        pair = await bench.submit(holding("1", "2")), await bench.submit(holding("2", "1"))
        reports = [await bench.claim(task_id) for task_id in pair]
        await asyncio.gather(*map(bench.happen, pair, reports))
        assert sorted([await bench.status(one) for one in pair]) == ["failed", "in_progress"]
        for task_id in pair:
            if await bench.status(task_id) is Status.IN_PROGRESS:
                await end_step(bench, task_id)


def _origin(task_id: int, report: StepEnded) -> Origin:
    return Origin(task_id=task_id, step_id=report.step_id, key="step")


# What is decided is the same on every database; that one carries it out shows on one seed.
@pytest.mark.parametrize(
    ("database", "seed"),
    [
        *(("sqlite", seed) for seed in range(4)),
        pytest.param("postgresql", 0, marks=pytest.mark.postgresql),
    ],
)
async def test_whoever_runs_and_asks_in_whatever_order_nobody_waits_when_nothing_runs(
    database: str, bench: Bench, seed: int
) -> None:
    """Tasks with random locks of their own and of their jobs, some spawned, in random order."""
    crowd = _Crowd(bench, Random(seed))
    for _ in range(12):
        await crowd.submit()
        for _ in range(crowd.random.randint(0, 4)):
            await crowd.go_on()
    while await crowd.go_on():
        pass
    assert crowd.live == [], "something waits, and nothing runs"
    assert await claims(bench) == []


class _Crowd:
    """Tasks that are worked on in a random order."""

    def __init__(self, bench: Bench, random: Random) -> None:
        self.random = random
        self.live: list[int] = []
        self._bench = bench
        self._awaited: dict[int, int] = {}  # the spawned task by the step that waits for it

    async def submit(self, origin: Origin | None = None) -> int:
        task_id = await self._bench.submit(self._plan(), origin=origin)
        self.live.append(task_id)
        return task_id

    async def go_on(self) -> bool:
        """One job starts or one step ends; False when none can."""
        self.live = [one for one in self.live if not (await self._bench.status(one)).final]
        for task_id in self.random.sample(self.live, len(self.live)):
            state = await self._bench.state(task_id)
            jobs = [one for one in state.jobs.values() if one.status.value in _WORKABLE]
            for one in self.random.sample(jobs, len(jobs)):
                if one.status is Status.QUEUED:
                    await self._bench.happen(task_id, JobClaimed(one.id, f"claim-{one.id}"))
                    return True
                if await self._end_step(state, one.id):
                    return True
        return False

    async def _end_step(self, state: TaskState, job_id: int) -> bool:
        step = next(one for one in state.steps_of(job_id) if not one.status.final)
        if isinstance(state.step_plan(step).action, SpawnAction):
            if step.id not in self._awaited:
                origin = Origin(task_id=state.task.id, step_id=step.id, key="step")
                try:
                    self._awaited[step.id] = await self.submit(origin)
                except ConflictError:
                    pass  # refused at once: the step goes on without it
                else:
                    return True
            elif self._awaited[step.id] in self.live:
                return False
        report = await self._bench.report(state.task.id, f"claim-{job_id}")
        mine = next(one for one in state.attempts.values() if one.step_id == step.id)
        await self._bench.happen(
            state.task.id,
            StepEnded(
                job_id=job_id,
                claim=f"claim-{job_id}",
                step_id=step.id,
                attempt=mine.number,
                outcome=report.outcome,
            ),
        )
        return True

    def _plan(self) -> TaskPlan:
        jobs: list[JobPlan] = []
        for number in range(self.random.randint(1, 3)):
            after = (f"j{number - 1}",) if number and self.random.random() < 0.7 else ()
            step = SPAWN if self.random.random() < 0.25 and len(self.live) < 12 else COMMAND
            jobs.append(job(f"j{number}", *self._locks(2), after=after, step=step))
        return plan(*jobs, locks=self._locks(2))

    def _locks(self, most: int) -> list[str]:
        return self.random.sample(["1", "2", "3", "4"], self.random.randint(0, most))


_WORKABLE = {"queued", "in_progress"}
