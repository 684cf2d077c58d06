"""The stop of a step is shown while it is under way: what was sent, and when the rest is killed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from world_of_actions import ActionBench

from tasktrail.model.happening import JobClaimed, RetryDue, StepEnded, TaskLimitReached
from tasktrail.model.instant import from_datetime
from tasktrail.model.outcome import Failed, Outcome, Succeeded, TimedOut, TimeLimit
from tasktrail.model.status import RUNNING

HOLDS = "jobs: {a: {steps: [{run: make, grace: 7s, stop_signal: SIGINT}]}}\n"
LIMITED = """
jobs:
  a: {steps: [{run: make, timeout: 5s, grace: 7s, retry: {attempts: 2, on: [user]}}]}
"""
TWO_HOLD = "fail_fast: true\njobs: {a: {steps: [make]}, b: {steps: [{run: make, grace: 3s}]}}\n"


async def running(actions: ActionBench, text: str) -> int:
    """A task with all of its jobs at the first of their own steps."""
    task_id = await actions.submit(actions.runbook("holds", text))
    for job in (await actions.bench.state(task_id)).jobs.values():
        await actions.bench.happen(task_id, JobClaimed(job.id, f"of {job.name}"))
        await end_step(actions, task_id, job.name)
    return task_id


async def end_step(
    actions: ActionBench, task_id: int, job: str = "a", outcome: Outcome | None = None
) -> None:
    """The worker of a job reports how its step ended."""
    state = await actions.bench.state(task_id)
    job_id = state.job_ids[job]
    step = next(step for step in state.steps_of(job_id) if step.status in RUNNING)
    ended = StepEnded(
        job_id=job_id,
        claim=f"of {job}",
        step_id=step.id,
        attempt=step.attempts,
        outcome=outcome or Succeeded(),
    )
    await actions.bench.happen(task_id, ended)


async def own_steps(actions: ActionBench, task_id: int) -> list[dict[str, Any]]:
    """Its steps but for those of the system."""
    jobs = (await actions.show(task_id))["jobs"]
    return [step for job in jobs for step in job["steps"] if not step["isSystem"]]


async def stops(actions: ActionBench, task_id: int) -> list[dict[str, Any] | None]:
    return [step["stop"] for step in await own_steps(actions, task_id)]


async def started(actions: ActionBench, task_id: int, attempt: int = 1) -> datetime:
    """When an attempt at its only step started."""
    (step,) = await own_steps(actions, task_id)
    return moment(step["attempts"][attempt - 1]["startedAt"])


def wait_until(actions: ActionBench, start: datetime, *, seconds: float) -> None:
    """Have it be so many seconds after `start`."""
    actions.bench.now = from_datetime(start + timedelta(seconds=seconds))


def moment(text: str | None) -> datetime:
    assert text is not None
    return datetime.fromisoformat(text)


async def test_a_cancel_shows_its_signal_and_when_the_grace_is_over(actions: ActionBench) -> None:
    task_id = await running(actions, HOLDS)
    assert await stops(actions, task_id) == [None]
    await actions.cancel(task_id)
    (stop,) = await stops(actions, task_id)
    assert stop is not None
    assert stop["signal"] == "SIGINT"
    assert stop["askedAt"] == (await actions.show(task_id))["cancel"]["at"]
    assert moment(stop["killAt"]) - moment(stop["askedAt"]) == timedelta(seconds=7)
    await actions.cancel(task_id, forced=True)
    (forced,) = await stops(actions, task_id)
    assert forced == stop | {"signal": "SIGKILL", "killAt": None}


async def test_the_time_limit_of_a_task_shows_it_too(actions: ActionBench) -> None:
    task_id = await running(actions, HOLDS)
    await actions.bench.happen(task_id, TaskLimitReached())
    (stop,) = await stops(actions, task_id)
    assert stop is not None
    assert moment(stop["killAt"]) - moment(stop["askedAt"]) == timedelta(seconds=7)
    await actions.cancel(task_id)
    assert await stops(actions, task_id) == [stop], "the grace does not begin again"


async def test_the_time_limit_of_a_step_shows_it_once_that_is_reached(actions: ActionBench) -> None:
    """Nobody decides anything then: the clock alone goes on."""
    task_id = await running(actions, LIMITED)
    wait_until(actions, await started(actions, task_id), seconds=4.9)
    assert await stops(actions, task_id) == [None]
    wait_until(actions, await started(actions, task_id), seconds=5)
    (stop,) = await stops(actions, task_id)
    assert stop is not None
    assert stop["signal"] == "SIGTERM"
    assert moment(stop["askedAt"]) - await started(actions, task_id) == timedelta(seconds=5)
    assert moment(stop["killAt"]) - moment(stop["askedAt"]) == timedelta(seconds=7)
    await actions.cancel(task_id)
    assert await stops(actions, task_id) == [stop], "the grace does not begin again"
    await end_step(actions, task_id, outcome=TimedOut(limit=TimeLimit.STEP, message="too long"))
    assert await stops(actions, task_id) == [None]


async def test_each_attempt_has_the_whole_time_limit_of_its_step(actions: ActionBench) -> None:
    task_id = await running(actions, LIMITED)
    wait_until(actions, await started(actions, task_id), seconds=4.9)
    await end_step(actions, task_id, outcome=Failed(message="exit code 1"))
    (step,) = await own_steps(actions, task_id)
    await actions.bench.happen(task_id, RetryDue(step["id"]))
    job_id = (await actions.bench.state(task_id)).job_ids["a"]
    await actions.bench.happen(task_id, JobClaimed(job_id, "of a"))
    assert await stops(actions, task_id) == [None]
    wait_until(actions, await started(actions, task_id, attempt=2), seconds=4.9)
    assert await stops(actions, task_id) == [None]
    wait_until(actions, await started(actions, task_id, attempt=2), seconds=5)
    assert await stops(actions, task_id) != [None]


async def test_a_job_that_failed_shows_what_it_stops_beside_it(actions: ActionBench) -> None:
    task_id = await running(actions, TWO_HOLD)
    await end_step(actions, task_id, "a", Failed(message="exit code 2"))
    assert await stops(actions, task_id) == [None, None], "its workspace is still being removed"
    await end_step(actions, task_id, "a")
    none, stop = await stops(actions, task_id)
    assert none is None
    assert stop is not None
    assert stop["askedAt"] == (await actions.show(task_id))["jobs"][0]["endedAt"]
    assert moment(stop["killAt"]) - moment(stop["askedAt"]) == timedelta(seconds=3)


async def test_what_has_ended_shows_no_stop(actions: ActionBench) -> None:
    task_id = await running(actions, HOLDS)
    await actions.cancel(task_id)
    await end_step(actions, task_id)
    assert await stops(actions, task_id) == [None]
