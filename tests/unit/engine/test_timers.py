"""Timers keep their time when the clock does not."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from tasktrail.actions.ledger import Decided
from tasktrail.engine.timers import Timers
from tasktrail.model.author import Author, AuthorKind
from tasktrail.model.changes import Changes
from tasktrail.model.happening import Happening, RetryDue, StartDue, TaskLimitReached
from tasktrail.model.instant import Instant, after
from tasktrail.model.plan import TaskPlan
from tasktrail.model.status import Status
from tasktrail.model.step import Step
from tasktrail.model.task import Task

NOW = Instant(10**15)
HOUR = 3600.0
PLAN = TaskPlan(definition="d", title="d", jobs=(), timeout=0.01)
TASK = Task(
    id=1,
    organization_id=1,
    definition="d",
    title="d",
    status=Status.IN_PROGRESS,
    author=Author(kind=AuthorKind.ROBOT, name="Robot"),
    created_at=NOW,
    updated_at=NOW,
)


async def fired_within(seconds: float, clock: Instant, decided: Decided) -> list[Happening]:
    """What timers fire that were set when the clock said `clock`."""
    fired: list[Happening] = []
    timers = Timers(lambda: clock, lambda _, happening: fired.append(happening))
    timers.follow(decided)
    await asyncio.sleep(seconds)
    timers.close()
    return fired


async def test_a_clock_that_was_set_back_makes_no_retry_wait_longer() -> None:
    step = Step(
        id=5,
        task_id=1,
        job_id=1,
        position=0,
        name="s",
        status=Status.BACKED_OFF,
        retry_at=after(NOW, 0.01),
    )
    decided = Decided(TASK, PLAN, Changes(1, TASK, steps={5: step}))
    assert await fired_within(0.1, after(NOW, -HOUR), decided) == [RetryDue(5)]


async def test_a_clock_that_was_set_back_makes_no_limit_longer() -> None:
    decided = Decided(replace(TASK, started_at=NOW), PLAN, Changes(1))
    assert await fired_within(0.1, after(NOW, -HOUR), decided) == [TaskLimitReached()]


async def test_a_start_time_is_a_time_on_the_clock() -> None:
    task = replace(TASK, status=Status.PENDING, not_before=after(NOW, 0.01))
    decided = Decided(task, PLAN, Changes(1))
    assert await fired_within(0.05, after(NOW, -HOUR), decided) == []
    assert await fired_within(0.1, NOW, decided) == [StartDue()]
