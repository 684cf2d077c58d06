"""Which running steps are to be stopped as things stand, whoever has been told of it already."""

from __future__ import annotations

from collections.abc import Iterator

from tasktrail.model.changes import StopStep
from tasktrail.model.course import outlives_stops
from tasktrail.model.outcome import Canceled, TimedOut, TimeLimit
from tasktrail.model.state import TaskState
from tasktrail.model.status import RUNNING, Status
from tasktrail.model.step import Step


def standing_stops(state: TaskState) -> Iterator[StopStep]:
    """The stops that decisions have ordered and that no report has followed yet."""
    for step in state.steps.values():
        if step.status in RUNNING and not outlives_stops(state.step_plan(step)):
            outcome = _reason(state, step)
            if outcome is not None:
                cancel = state.task.cancel
                forced = cancel is not None and cancel.forced
                yield StopStep(step.job_id, step.id, outcome, forced)


def _reason(state: TaskState, step: Step) -> Canceled | TimedOut | None:
    """A time limit stops all that runs; of a cancel the steps say themselves whom it concerns."""
    if state.task.limit_reached_at is not None:
        return TimedOut(limit=TimeLimit.TASK, message="the task's time limit was reached")
    if state.jobs[step.job_id].limit_reached_at is not None:
        return TimedOut(limit=TimeLimit.JOB, message="the job's time limit was reached")
    if step.status is not Status.CANCELING:
        return None
    by = state.task.cancel.by if state.task.cancel is not None else None
    return Canceled(message=f"canceled by {by.name}" if by is not None else "canceled")
