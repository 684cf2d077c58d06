"""Everything that is stored of a task, read for verification."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tasktrail.model.event import Event
from tasktrail.model.job import Job
from tasktrail.model.plan import JobPlan, StepPlan, TaskPlan
from tasktrail.model.step import Attempt, Step
from tasktrail.model.task import Task
from tasktrail.store.history_months import whole_since
from tasktrail.store.store import Connection
from tasktrail.store.survey import held_locks, histories, next_task_ids
from tasktrail.store.task_views import TaskView, view_tasks


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """A task with its parts and its history. `held` are the locks that it or its jobs hold, each
    with the job (None: the task itself). `whole` says that nothing of the history was removed."""

    view: TaskView
    history: Sequence[Event]
    held: frozenset[tuple[str, int | None]]
    whole: bool = True

    @property
    def task(self) -> Task:
        """The task."""
        return self.view.task

    @property
    def plan(self) -> TaskPlan:
        """What it was to do."""
        return self.view.plan

    @property
    def jobs(self) -> Sequence[Job]:
        """Its jobs, in the order of the plan."""
        return self.view.jobs

    def job_plan(self, job: Job) -> JobPlan:
        """What a job was to do."""
        return self.plan.jobs[job.position]

    def step_plan(self, job: Job, step: Step) -> StepPlan:
        """What a step of a job was to do."""
        return self.job_plan(job).steps[step.position]

    def steps_of(self, job: Job) -> Sequence[Step]:
        """The steps of a job, in order."""
        return self.view.steps.get(job.id, [])

    def attempts_of(self, step: Step) -> Sequence[Attempt]:
        """All attempts at a step, in order."""
        return self.view.attempts.get(step.id, [])

    def steps(self) -> Iterator[tuple[Job, Step]]:
        """All steps, each with its job."""
        for job in self.jobs:
            for step in self.steps_of(job):
                yield job, step


def next_records(connection: Connection, after: int, count: int) -> list[TaskRecord]:
    """The records of the `count` tasks that follow the task `after`, as of one moment."""
    ids = next_task_ids(connection, after, count)
    events, held = histories(connection, ids), held_locks(connection, ids)
    since = whole_since(connection)
    return [
        TaskRecord(view, events[task_id], frozenset(held[task_id]), view.task.created_at >= since)
        for task_id, view in view_tasks(connection, ids).items()
    ]
