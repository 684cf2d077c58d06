"""Records as JSON, in the shapes of the REST contract, and of our extension in the same style."""

from __future__ import annotations

from typing import Any

from tasktrail.actions.present_jobs import present_jobs, shown_jobs
from tasktrail.actions.present_steps import moment, whole_seconds
from tasktrail.actions.sight import SeenTask
from tasktrail.model.author import Author
from tasktrail.model.event import Event
from tasktrail.model.instant import Instant, to_rfc3339
from tasktrail.model.job import Job
from tasktrail.model.status import Status
from tasktrail.model.step import Step
from tasktrail.model.task import ErrorClass, ErrorRecord
from tasktrail.store.task_views import TaskView

_RESOURCE_FIELDS = {
    "app": "appId",
    "app_instance": "appInstanceId",
    "cluster": "clusterId",
    "integration": "integrationId",
    "service": "serviceId",
    "stack": "stackId",
    "provider": "providerId",
}
MASK = "********"
_ENGINE = {"kind": "engine", "id": None, "name": "engine", "role": None}
"""Who did what nobody asked for."""


def present_task(seen: SeenTask, now: Instant) -> dict[str, Any]:
    """A task with its jobs, as it stands `now`."""
    shown = present_without_jobs(seen)
    shown["jobs"] = present_jobs(seen, shown_jobs(seen), now)
    return shown


def present_without_jobs(seen: SeenTask) -> dict[str, Any]:
    """A task whose `jobs` are empty; nothing else differs.

    System jobs and steps are left out for who does not see them: who may notice them is told how
    many there are, and what failed in them is told as something to contact support about (M19).
    """
    view, system = seen.view, seen.system
    task, plan = view.task, view.plan
    jobs = shown_jobs(seen)
    shown: dict[str, Any] = {
        "id": task.id,
        "name": task.definition,
        "title": task.title,
        "executionScope": "project" if view.projects else "org",
        "status": task.status,
        "progress": progress(view),
        "silent": task.silent,
        "system": task.system,
        "immediate": task.immediate,
        "forced": task.forced,
        "rerunnable": plan.rerunnable,
        "timeout": whole_seconds(plan.time_limit),
        "userId": task.author.id or 0,
        "user": {"id": task.author.id or 0, "name": task.author.name},
        "author": present_author(task.author),
        "orgId": task.organization_id,
        "projectIds": list(view.projects),
        "projects": [{"id": one, "title": name} for one, name in view.projects.items()],
        "resources": [{"kind": kind, "id": _id(one)} for kind, one in view.resources],
        "originTaskId": task.origin_task_id,
        "spawnedTaskIds": view.spawned,
        "repeatedTaskId": task.repeated_task_id,
        "rerunTaskIds": view.reruns,
        "inputs": task.inputs | dict.fromkeys(plan.secret_inputs, MASK),
        "waitingOn": _waits(view, {job.id: job.name for job in jobs}),
        "error": present_error(view, system=system),
        "cancel": _cancel(view),
        "jobs": [],
        "hiddenJobs": len(view.jobs) - len(jobs) if seen.noticed else 0,
        "createdAt": to_rfc3339(task.created_at),
        "updatedAt": to_rfc3339(task.updated_at),
        "startedAt": moment(task.started_at),
        "endedAt": moment(task.ended_at),
    }
    first = _first_numbers(view)
    shown.update((field, first.get(kind)) for kind, field in _RESOURCE_FIELDS.items())
    return shown


def present_author(author: Author) -> dict[str, Any]:
    """Who a task is by."""
    return {"kind": author.kind, "id": author.id, "name": author.name, "role": author.role}


def present_event(view: TaskView, event_id: int, event: Event) -> dict[str, Any]:
    """An entry of the history."""
    job = next((job for job in view.jobs if job.id == event.job_id), None)
    step = _step(view, event.step_id)
    return {
        "id": event_id,
        "at": to_rfc3339(event.at),
        "kind": event.kind,
        "jobName": job.name if job else None,
        "stepName": step.name if step else None,
        "from": event.from_status,
        "to": event.to_status,
        "by": present_author(event.by) if event.by else _ENGINE,
        "message": event.message,
    }


def progress(view: TaskView) -> int:
    """How much of a task is over, 0 to 100: the part of its steps that have ended.

    Never 1, which clients read as a fraction: all of it (rest-contract.md).
    """
    if view.task.status.final:
        return 100
    steps = [step for found in view.steps.values() for step in found if not step.system]
    ended = sum(step.status.final for step in steps)
    part = min(99, 100 * ended // max(1, len(steps)))
    return 2 if part == 1 else part


def present_error(view: TaskView, *, system: bool) -> dict[str, Any] | None:
    """Why a task failed; to those who do not see system steps only what is for them."""
    error = view.task.error
    if error is None:
        return None
    step = _step(view, error.step_id)
    job = next((job for job in view.jobs if step is not None and job.id == step.job_id), None)
    hidden = not system and _hidden(view, job, step)
    return {
        "class": error.kind,
        "message": _for_users(error) if hidden else error.message,
        "stepId": None if hidden else error.step_id,
        "jobName": None if hidden or job is None else job.name,
        "stepName": None if hidden or step is None else step.name,
        "reference": error.reference,
        "contactSupport": not error.stopped and (hidden or error.kind is ErrorClass.SYSTEM),
        **({"detail": error.detail} if system else {}),
    }


def failed_attempt(shown: dict[str, Any]) -> tuple[int, int] | None:
    """The id of the step that the error of a presented task is about, and the number of its last
    attempt; None when there is none, or none to be seen."""
    steps = (step for job in shown["jobs"] for step in job["steps"])
    wanted = shown["error"]["stepId"]
    step = next((step for step in steps if step["id"] == wanted), None)
    return (wanted, step["attempts"][-1]["number"]) if step and step["attempts"] else None


def _for_users(error: ErrorRecord) -> str:
    if error.stopped:
        return f"none of your steps failed, but {error.message}"
    reference = f" with the reference {error.reference}" if error.reference else ""
    return (
        "none of your steps failed, but a step of the system did; "
        f"please contact support{reference}"
    )


def _waits(view: TaskView, names: dict[int, str]) -> list[dict[str, Any]]:
    """What a task waits for; `names` are those of the jobs that are shown, by id."""
    waits: list[dict[str, Any]] = []
    task = view.task
    if task.not_before is not None and task.status is Status.PENDING:
        waits.append({"kind": "time", "name": "not before", "until": to_rfc3339(task.not_before)})
    waits.extend(
        {
            "kind": "lock",
            "name": wait.name,
            "taskId": wait.holder_task_id,
            "position": wait.position,
            "jobName": names.get(wait.job_id) if wait.job_id is not None else None,
        }
        for wait in view.waits
    )
    return waits


def _cancel(view: TaskView) -> dict[str, Any] | None:
    cancel = view.task.cancel
    if cancel is None:
        return None
    return {
        "at": to_rfc3339(cancel.at),
        "by": present_author(cancel.by) if cancel.by else _ENGINE,
        "forced": cancel.forced,
        "reason": cancel.reason,
    }


def _step(view: TaskView, step_id: int | None) -> Step | None:
    if step_id is None:
        return None
    return next(
        (step for found in view.steps.values() for step in found if step.id == step_id), None
    )


def _hidden(view: TaskView, job: Job | None, step: Step | None) -> bool:
    of_system = job is not None and view.plan.jobs[job.position].system
    return of_system or (step is not None and step.system)


def _first_numbers(view: TaskView) -> dict[str, int]:
    """The first id of each kind of resource that is a number: clients take the fields for them for
    integers, and other ids are among the resources only."""
    found: dict[str, int] = {}
    for kind, text in view.resources:
        if isinstance(number := _id(text), int):
            found.setdefault(kind, number)
    return found


def _id(text: str) -> int | str:
    return int(text) if text.isdecimal() and str(int(text)) == text else text
