"""The stop of a step is shown while it is under way: what was sent, and when the rest is killed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from world_of_actions import ActionBench

from tasktrail.model.happening import JobClaimed, StepEnded, TaskLimitReached
from tasktrail.model.outcome import Failed, Outcome, Succeeded
from tasktrail.model.status import RUNNING

HOLDS = "jobs: {a: {steps: [{run: make, grace: 7s, stop_signal: SIGINT}]}}\n"
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
