"""A job that must not wait for its locks: it fails before it has started."""

from __future__ import annotations

from tasktrail.model.course import Verdict, systems_own, verdict_on
from tasktrail.model.draft import Draft
from tasktrail.model.job import Job
from tasktrail.model.judgement import fail_unstarted
from tasktrail.model.plan import When
from tasktrail.model.progress import end_job
from tasktrail.model.status import Status
from tasktrail.model.step import Step


def refuse_locks(draft: Draft, job_id: int, message: str) -> None:
    """End a job that would wait for itself at its locks, as a user error of its first step.

    That step fails without an attempt. All others are skipped, clean-up too: no workspace was made
    and nothing was done. Force forgives it (M16), so that the jobs after this one run;
    `allow_failure` speaks of what the step does and does not.
    """
    job = draft.job(job_id)
    waits = job.status is Status.PENDING and bool(draft.job_plan(job).locks)
    if not waits or verdict_on(draft, job) is not Verdict.RUN:
        return
    first = _first_step(draft, job)
    fail_unstarted(draft, first, message)
    for step in draft.steps_of(job_id):
        if step.id != first.id:
            draft.move_step(step.id, Status.SKIPPED)
    end_job(draft, job_id)


def _first_step(draft: Draft, job: Job) -> Step:
    """The one that would show the failure: the first of the user's that is not roll-back."""
    plans = ((step, draft.state.step_plan(step)) for step in draft.steps_of(job.id))
    return next(
        step for step, plan in plans if not systems_own(plan) and plan.when is not When.ON_FAILURE
    )
