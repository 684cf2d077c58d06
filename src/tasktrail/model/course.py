"""The rules of the course: what may run after what has come before, and what a stop forbids.

Only questions, no changes: `opening` asks about jobs, `progress` about steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from itertools import chain

from tasktrail.model.draft import Draft
from tasktrail.model.job import Job
from tasktrail.model.plan import StepPlan, SystemAction, SystemWork, When
from tasktrail.model.rollup import TROUBLE
from tasktrail.model.status import WENT_WELL, Status
from tasktrail.model.step import Step

FAILURE = frozenset({Status.FAILED, Status.TIMED_OUT})
"""What `fail_fast` and `when: on_failure` look for."""


class Verdict(Enum):
    """What is to become of a job that has not started."""

    WAIT = auto()
    RUN = auto()
    SKIP = auto()


def verdict_on(draft: Draft, job: Job) -> Verdict:
    """Whether a job that has not started may start now, still waits, or never will."""
    if stop_forbids_job(draft, job):
        return Verdict.SKIP
    if _held(draft) or not _needs_ended(draft, job):
        return Verdict.WAIT
    return Verdict.RUN if allows_job(draft, job) else Verdict.SKIP


def _held(draft: Draft) -> bool:
    """Whether nothing of the task may start yet: its time has not come, or its own locks have not.

    A job of such a task has not asked for its locks, so that no answer to that concerns it.
    """
    return draft.task.not_before is not None or (bool(draft.plan.locks) and draft.task.locked)


def _needs_ended(draft: Draft, job: Job) -> bool:
    """The last ones first: a wide task ends its jobs more or less in order."""
    needs = reversed(draft.job_plan(job).after)
    return all(draft.job_named(name).status.final for name in needs)


def allows_job(draft: Draft, job: Job) -> bool:
    """Whether what a job needs lets it run, as far as that has ended; leaving stops aside.

    A job with nothing but roll-back steps has nothing to do: it is skipped, and no workspace is
    made for it.
    """
    plan = draft.job_plan(job)
    if all(step.when is When.ON_FAILURE or outlives_stops(step) for step in plan.steps):
        return False
    needs = (draft.job_named(name) for name in plan.after)
    match plan.when:
        case When.ALWAYS:
            return True
        case When.ON_SUCCESS:
            return all(need.status in WENT_WELL or not need.status.final for need in needs)
        case When.ON_FAILURE:
            return _trouble_among(draft, plan.after)


def may_run(draft: Draft, job: Job, step: Step) -> bool:
    """Whether the next step of a job is to be started; if not, it is skipped."""
    plan = draft.state.step_plan(step)
    if outlives_stops(plan):
        return True
    return not stop_forbids(draft, job, plan) and allows_step(draft, step)


def systems_own(plan: StepPlan) -> bool:
    """Whether a step is Tasktrail's own work, and not just a hidden one of the definition."""
    return plan.system and isinstance(plan.action, SystemAction)


def outlives_stops(plan: StepPlan) -> bool:
    """Whether a step runs, and is never stopped, whatever ends its job: the workspace's frame."""
    return systems_own(plan) and plan.when is When.ALWAYS


def allows_step(draft: Draft, step: Step) -> bool:
    """Whether the steps before it allow a step, leaving stops aside.

    When the workspace could not be prepared there is nothing to clean up in, so nothing of the
    user's runs.
    """
    when = draft.state.step_plan(step).when
    before = draft.steps_of(step.job_id)[: step.position]
    trouble = [other for other in before if other.status in TROUBLE]
    if not trouble:
        return when is not When.ON_FAILURE
    if any(_prepares(draft, other) for other in trouble):
        return False
    match when:
        case When.ALWAYS:
            return True
        case When.ON_SUCCESS:
            return False
        case When.ON_FAILURE:
            return any(other.status in FAILURE for other in trouble)


def _prepares(draft: Draft, step: Step) -> bool:
    action = draft.state.step_plan(step).action
    return isinstance(action, SystemAction) and action.work is SystemWork.PREPARE_WORKSPACE


def stop_in_effect(draft: Draft, job: Job) -> Status | None:
    """How things end that a stop of the task or the job keeps from running; None without one."""
    if draft.task.limit_reached_at is not None or job.limit_reached_at is not None:
        return Status.TIMED_OUT
    return Status.CANCELED if draft.task.cancel is not None or failed_fast(draft) else None


def failed_fast(draft: Draft) -> bool:
    """Whether `fail_fast` ends the task because one of its jobs did not end well."""
    if not draft.plan.fail_fast:
        return False
    jobs = chain(draft.changes.jobs.values(), draft.state.jobs.values())
    return any(job.status in FAILURE for job in jobs)


def stop_forbids_job(draft: Draft, job: Job) -> bool:
    """Whether a stop of the whole task keeps a job that has not started from ever starting."""
    task, when = draft.task, draft.job_plan(job).when
    if task.limit_reached_at is not None:
        return True
    if task.cancel is not None:
        return task.started_at is None or task.cancel.forced or when is not When.ALWAYS
    return when is When.ON_SUCCESS and failed_fast(draft)


def _trouble_among(draft: Draft, names: Iterable[str]) -> bool:
    """Whether one of the named jobs failed, or was skipped because one that it needs is in trouble.

    Not recursive, so that a chain of thousands of skipped jobs is no problem.
    """
    waiting = list(names)
    seen = set(waiting)
    while waiting:
        job = draft.job_named(waiting.pop())
        if job.status in TROUBLE:
            return True
        if job.status is Status.SKIPPED:
            further = [name for name in draft.job_plan(job).after if name not in seen]
            seen.update(further)
            waiting.extend(further)
    return False


def stop_forbids(draft: Draft, job: Job, plan: StepPlan) -> bool:
    """Whether a stop keeps a step from starting, whatever came before it."""
    task = draft.task
    if task.limit_reached_at is not None or job.limit_reached_at is not None:
        return True
    if task.cancel is not None:
        return task.cancel.forced or not cleans_up(draft, job, plan)
    return goes_forward(draft, job, plan) and failed_fast(draft)


def goes_forward(draft: Draft, job: Job, plan: StepPlan) -> bool:
    """Whether a step is part of the way to success, and not clean-up or roll-back."""
    return plan.when is draft.job_plan(job).when is When.ON_SUCCESS


def cleans_up(draft: Draft, job: Job, plan: StepPlan) -> bool:
    """Whether a step is clean-up, as it or its job says: only a forced cancel touches that."""
    return When.ALWAYS in (plan.when, draft.job_plan(job).when)
