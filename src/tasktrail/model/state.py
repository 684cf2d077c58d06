"""A task with everything that decisions about it need: plan, records, and indexes over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tasktrail.model.changes import Changes
from tasktrail.model.graph import dependents
from tasktrail.model.job import Job
from tasktrail.model.plan import JobPlan, StepPlan, TaskPlan
from tasktrail.model.status import Status
from tasktrail.model.step import Attempt, Step
from tasktrail.model.task import Task


@dataclass
class TaskState:
    """The records of one task as they stand now.

    `attempts` holds the latest attempt of each step that has one. `job_steps` lists the step ids of
    each job in order. Decisions (`advance`) never change a state: they give `Changes`, which
    `absorb` takes in once they are accepted.
    """

    plan: TaskPlan
    task: Task
    jobs: dict[int, Job] = field(default_factory=dict[int, Job])
    steps: dict[int, Step] = field(default_factory=dict[int, Step])
    attempts: dict[int, Attempt] = field(default_factory=dict[int, Attempt])

    def copy(self) -> TaskState:
        """The same records; what is absorbed by one is not seen in the other."""
        return TaskState(
            self.plan, self.task, dict(self.jobs), dict(self.steps), dict(self.attempts)
        )

    @cached_property
    def job_steps(self) -> dict[int, tuple[int, ...]]:
        """Step ids of each job, in order."""
        found: dict[int, list[int]] = {job_id: [] for job_id in self.jobs}
        for step in sorted(self.steps.values(), key=lambda step: step.position):
            found[step.job_id].append(step.id)
        return {job_id: tuple(ids) for job_id, ids in found.items()}

    @cached_property
    def job_counts(self) -> Counter[Status]:
        """How many jobs have each status. Kept up to date, so that no decision counts them all."""
        return Counter(job.status for job in self.jobs.values())

    @cached_property
    def job_ids(self) -> dict[str, int]:
        """The id of each job by name."""
        return {job.name: job.id for job in self.jobs.values()}

    @cached_property
    def needs(self) -> dict[str, tuple[str, ...]]:
        """Names of the jobs that each job directly needs."""
        return {job.name: job.after for job in self.plan.jobs}

    @cached_property
    def dependents(self) -> dict[str, tuple[str, ...]]:
        """Names of the jobs that directly need each job."""
        return dependents(self.plan.jobs)

    def job_plan(self, job: Job) -> JobPlan:
        """What `job` does."""
        return self.plan.jobs[job.position]

    def step_plan(self, step: Step) -> StepPlan:
        """What `step` does."""
        return self.job_plan(self.jobs[step.job_id]).steps[step.position]

    def steps_of(self, job_id: int) -> Iterator[Step]:
        """The steps of a job, in order."""
        return (self.steps[step_id] for step_id in self.job_steps[job_id])

    def moves(self, changes: Changes) -> Counter[Status]:
        """How many jobs more, or less, have each status after `changes` than before."""
        moves: Counter[Status] = Counter()
        for job_id, job in changes.jobs.items():
            moves[self.jobs[job_id].status] -= 1
            moves[job.status] += 1
        return moves

    def absorb(self, changes: Changes) -> None:
        """Take in accepted changes."""
        if changes.task is not None:
            self.task = changes.task
        self.job_counts.update(self.moves(changes))
        self.jobs.update(changes.jobs)
        self.steps.update(changes.steps)
        self.attempts.update(changes.attempts)
