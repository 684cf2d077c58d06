"""Jobs as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tasktrail.actions.present_steps import moment, present_step, whole_seconds
from tasktrail.actions.sight import SeenTask
from tasktrail.model.graph import needs_without
from tasktrail.model.instant import Instant, to_rfc3339
from tasktrail.model.job import Job


def shown_jobs(seen: SeenTask) -> list[Job]:
    """The jobs of a task that who asks may see."""
    plan = seen.view.plan
    return [job for job in seen.view.jobs if seen.system or not plan.jobs[job.position].system]


def present_jobs(seen: SeenTask, jobs: Iterable[Job], now: Instant) -> list[dict[str, Any]]:
    """Jobs of a task with their steps."""
    after = _shown_needs(seen)
    return [_present_job(seen, job, after[job.position], now) for job in jobs]


def _present_job(seen: SeenTask, job: Job, after: list[str], now: Instant) -> dict[str, Any]:
    view = seen.view
    plan = view.plan.jobs[job.position]
    steps = view.steps.get(job.id, [])
    shown = [step for step in steps if seen.system or not step.system]
    return {
        "id": job.id,
        "name": job.name,
        "title": plan.title or job.name,
        "status": job.status,
        "statusTitle": job.status.label,
        "after": after,
        "when": plan.when,
        "pool": plan.pool,
        "timeout": whole_seconds(
            plan.timeout if plan.timeout is not None else view.plan.time_limit
        ),
        "isSystem": plan.system,
        "system": plan.system,
        "steps": [
            present_step(view, job, step, position, now)
            for position, step in enumerate(shown, start=1)
        ],
        "hiddenSteps": len(steps) - len(shown) if seen.noticed else 0,
        "createdAt": to_rfc3339(view.task.created_at),
        "updatedAt": to_rfc3339(job.ended_at or job.started_at or view.task.created_at),
        "startedAt": moment(job.started_at),
        "endedAt": moment(job.ended_at),
    }


def _shown_needs(seen: SeenTask) -> list[list[str]]:
    """The jobs that come before each of the plan, as who asks is told."""
    plans = seen.view.plan.jobs
    hidden = {plan.name for plan in plans if plan.system and not seen.system}
    if not hidden:
        return [list(plan.after) for plan in plans]
    needs = {plan.name: plan.after for plan in plans}
    return [needs_without(plan.after, needs, hidden) for plan in plans]
