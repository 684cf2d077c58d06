"""From a plan to the first records of a task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from tasktrail.model.author import Author
from tasktrail.model.changes import Changes
from tasktrail.model.event import Event, EventKind
from tasktrail.model.instant import Instant
from tasktrail.model.job import Job
from tasktrail.model.plan import JobPlan, JsonValue, TaskPlan
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status
from tasktrail.model.step import Step
from tasktrail.model.task import Task


class Ids(Protocol):
    """Hands out ids that were never used before."""

    def task(self) -> int:
        """The id of a new task."""
        ...

    def jobs(self, count: int) -> Sequence[int]:
        """Ids for `count` jobs, ascending."""
        ...

    def steps(self, count: int) -> Sequence[int]:
        """Ids for `count` steps, ascending."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The step that produced a task (M17). The same step and `key` give the same task."""

    task_id: int
    step_id: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What somebody wants done. `secrets` are kept apart from `inputs` and never shown."""

    organization_id: int
    author: Author
    plan: TaskPlan
    inputs: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    project_ids: tuple[int, ...] = ()
    made_projects: Mapping[int, str] = field(default_factory=dict[int, str])
    """Those of them that were made for it, since there was none of that name."""
    forced: bool = False
    origin: Origin | None = None
    repeated_task_id: int | None = None
    not_before: Instant | None = None


def new_task(submission: Submission, ids: Ids, now: Instant) -> tuple[TaskState, Changes]:
    """The state of a task that was just accepted, and the changes that bring it into a store.

    Everything is `pending`; the first decision (`StartDue`) follows in the same transaction.
    """
    plan = submission.plan
    origin = submission.origin
    task = Task(
        id=ids.task(),
        organization_id=submission.organization_id,
        definition=plan.definition,
        title=plan.title,
        status=Status.PENDING,
        author=submission.author,
        created_at=now,
        updated_at=now,
        forced=submission.forced,
        inputs=submission.inputs,
        origin_task_id=origin.task_id if origin else None,
        origin_step_id=origin.step_id if origin else None,
        spawn_key=origin.key if origin else None,
        repeated_task_id=submission.repeated_task_id,
        not_before=submission.not_before,
    )
    state = TaskState(plan, task)
    step_ids = iter(ids.steps(sum(len(job.steps) for job in plan.jobs)))
    for position, (job_id, job_plan) in enumerate(
        zip(ids.jobs(len(plan.jobs)), plan.jobs, strict=True)
    ):
        state.jobs[job_id] = Job(
            id=job_id,
            task_id=task.id,
            position=position,
            name=job_plan.name,
            status=Status.PENDING,
        )
        for step in _steps(task.id, job_id, job_plan, step_ids):
            state.steps[step.id] = step
    changes = Changes(task.id, task, dict(state.jobs), dict(state.steps))
    changes.events.append(_recorded(task))
    changes.events.extend(_made(task, submission.made_projects))
    return state, changes


def new_record(
    *,
    task_id: int,
    organization_id: int,
    author: Author,
    definition: str,
    title: str,
    silent: bool,
    now: Instant,
    made_projects: Mapping[int, str] = MappingProxyType({}),
) -> tuple[TaskState, Changes]:
    """An immediate task (M11): recorded at once, nothing to execute, born `done`."""
    task = Task(
        id=task_id,
        organization_id=organization_id,
        definition=definition,
        title=title,
        status=Status.DONE,
        author=author,
        created_at=now,
        updated_at=now,
        started_at=now,
        ended_at=now,
        immediate=True,
        silent=silent,
    )
    changes = Changes(task.id, task)
    changes.events.append(_recorded(task))
    changes.events.extend(_made(task, made_projects))
    return TaskState(TaskPlan(definition=definition, title=title, jobs=()), task), changes


def _steps(task_id: int, job_id: int, plan: JobPlan, ids: Iterator[int]) -> Iterator[Step]:
    for position, step in enumerate(plan.steps):
        yield Step(
            id=next(ids),
            task_id=task_id,
            job_id=job_id,
            position=position,
            name=step.name,
            status=Status.PENDING,
            system=step.system,
        )


def _recorded(task: Task) -> Event:
    return Event(
        task_id=task.id,
        at=task.created_at,
        kind=EventKind.RECORDED,
        to_status=task.status,
        by=task.author,
    )


def _made(task: Task, projects: Mapping[int, str]) -> Iterator[Event]:
    """A name that was not meant so is noticed where it has made a project."""
    for project_id, name in projects.items():
        yield Event(
            task_id=task.id,
            at=task.created_at,
            kind=EventKind.PROJECT_MADE,
            by=task.author,
            message=f"project {project_id}: {name}",
        )
