"""The stop of a step that is under way, as JSON: what is sent, and when what is left is killed."""

from __future__ import annotations

from typing import Any

from tasktrail.actions.step_limits import step_limit
from tasktrail.model.course import FAILURE, outlives_stops
from tasktrail.model.instant import Instant, after, to_rfc3339
from tasktrail.model.job import Job
from tasktrail.model.plan import SpawnAction
from tasktrail.model.status import RUNNING, Status
from tasktrail.model.step import Step
from tasktrail.store.task_views import TaskView


def present_stop(view: TaskView, job: Job, step: Step, now: Instant) -> dict[str, Any] | None:
    """The stop that a step has been sent and has not followed yet; None without one.

    That of its own time limit is in no record: whoever carries the step out sends it, at a time
    that is known.

    `signal` is None where there is no process to send one to: a task that the step has started is
    canceled. `killAt` is None where no grace runs, because it was left out or there is none.
    """
    plan = view.plan.jobs[job.position].steps[step.position]
    asked_at = _asked_at(view, job, step, now)
    if asked_at is None or step.status not in RUNNING:
        return None
    cancel = view.task.cancel
    forced = cancel is not None and cancel.forced
    grace = view.plan.stop_grace if plan.grace is None else plan.grace
    signal: str | None = "SIGKILL" if forced else plan.stop_signal
    kill_at: str | None = None if forced else to_rfc3339(after(asked_at, grace))
    if isinstance(plan.action, SpawnAction):
        signal = kill_at = None
    return {"askedAt": to_rfc3339(asked_at), "signal": signal, "killAt": kill_at}


def _asked_at(view: TaskView, job: Job, step: Step, now: Instant) -> Instant | None:
    """When the first of all that stops the step came. Limits stop all that runs, but for what
    outlives stops; of a cancel the step says itself whether it is concerned."""
    limit = step_limit(view, job, step)
    found = [limit if limit is not None and limit <= now else None]
    if not outlives_stops(view.plan.jobs[job.position].steps[step.position]):
        found += [view.task.limit_reached_at, job.limit_reached_at]
    if step.status is Status.CANCELING:
        found += [view.task.cancel.at if view.task.cancel else None, *_failures(view)]
    return min((at for at in found if at is not None), default=None)


def _failures(view: TaskView) -> list[Instant | None]:
    """When the jobs failed that end the whole task, if it is one that ends with them."""
    return [job.ended_at for job in view.jobs if view.plan.fail_fast and job.status in FAILURE]
