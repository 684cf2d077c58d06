"""A decision being made: new versions of records over a state that is itself left alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from tasktrail.model.author import Author
from tasktrail.model.changes import Changes
from tasktrail.model.event import Event, EventKind
from tasktrail.model.instant import Instant
from tasktrail.model.job import Job
from tasktrail.model.plan import JobPlan
from tasktrail.model.state import TaskState
from tasktrail.model.status import PART_TRANSITIONS, TASK_TRANSITIONS, Status
from tasktrail.model.step import Attempt, Step
from tasktrail.model.task import Task


class InvalidTransitionError(AssertionError):
    """A decision broke the transition table: a defect of ours, never the user's."""


class Draft:
    """Reads through to the state, collects changes, and asks the transition table for each move.

    `now` never lies before the last change of the task, so that a clock that was set back cannot
    make times go backwards.
    """

    def __init__(self, state: TaskState, now: Instant) -> None:
        self.state = state
        self.plan = state.plan
        self.now = max(now, state.task.updated_at)
        self.changes = Changes(task_id=state.task.id)

    @property
    def task(self) -> Task:
        """The task as it stands in this decision."""
        return self.changes.task or self.state.task

    def job(self, job_id: int) -> Job:
        """A job as it stands in this decision."""
        return self.changes.jobs.get(job_id) or self.state.jobs[job_id]

    def job_named(self, name: str) -> Job:
        """A job by name, as it stands in this decision."""
        return self.job(self.state.job_ids[name])

    def jobs(self) -> Iterator[Job]:
        """All jobs, in the order of the plan."""
        changed = self.changes.jobs
        return (changed.get(job_id, job) for job_id, job in self.state.jobs.items())

    def job_statuses(self) -> set[Status]:
        """The statuses that jobs have, as they stand in this decision."""
        moves = self.state.moves(self.changes)
        counts = self.state.job_counts
        return {status for status in (*counts, *moves) if counts[status] + moves[status] > 0}

    def step(self, step_id: int) -> Step:
        """A step as it stands in this decision."""
        return self.changes.steps.get(step_id) or self.state.steps[step_id]

    def steps_of(self, job_id: int) -> list[Step]:
        """The steps of a job as they stand now, in order."""
        changed, before = self.changes.steps, self.state.steps
        return [changed.get(step_id) or before[step_id] for step_id in self.state.job_steps[job_id]]

    def attempt(self, step_id: int) -> Attempt:
        """The latest attempt at a step."""
        return self.changes.attempts.get(step_id) or self.state.attempts[step_id]

    def job_plan(self, job: Job) -> JobPlan:
        """What a job does."""
        return self.state.job_plan(job)

    def hidden(self, step: Step) -> bool:
        """Whether a step is left out of what users see: it, or its job, is the system's (M19)."""
        return step.system or self.job_plan(self.job(step.job_id)).system

    def set_task(self, **fields: Any) -> None:
        """Change fields of the task other than its status."""
        self.changes.task = replace(self.task, **{"updated_at": self.now, **fields})

    def set_job(self, job_id: int, **fields: Any) -> None:
        """Change fields of a job other than its status."""
        self.changes.jobs[job_id] = replace(self.job(job_id), **fields)
        self._touch()

    def set_step(self, step_id: int, **fields: Any) -> None:
        """Change fields of a step other than its status."""
        self.changes.steps[step_id] = replace(self.step(step_id), **fields)
        self._touch()

    def set_attempt(self, attempt: Attempt) -> None:
        """Keep a new or changed attempt."""
        self.changes.attempts[attempt.step_id] = attempt
        self._touch()

    def move_task(
        self, to: Status, *, by: Author | None = None, message: str | None = None, **fields: Any
    ) -> None:
        """Give the task another status, with its event."""
        before = self.task.status
        _check(TASK_TRANSITIONS, before, to, "task")
        ended = {"ended_at": self.now} if to.final else {}
        self.set_task(status=to, **ended, **fields)
        self.note(EventKind.STATUS, before=before, to=to, by=by, message=message)

    def move_job(
        self, job_id: int, to: Status, *, message: str | None = None, **fields: Any
    ) -> None:
        """Give a job another status, with its event."""
        before = self.job(job_id).status
        _check(PART_TRANSITIONS, before, to, "job")
        ended = {"ended_at": self.now, "claim": None} if to.final else {}
        self.set_job(job_id, status=to, **ended, **fields)
        self.note(EventKind.STATUS, job_id=job_id, before=before, to=to, message=message)

    def move_step(
        self, step_id: int, to: Status, *, message: str | None = None, **fields: Any
    ) -> None:
        """Give a step another status, with its event."""
        step = self.step(step_id)
        _check(PART_TRANSITIONS, step.status, to, "step")
        ended = {"ended_at": self.now} if to.final else {}
        self.set_step(step_id, status=to, **ended, **fields)
        self.note(
            EventKind.STATUS,
            job_id=step.job_id,
            step_id=step_id,
            before=step.status,
            to=to,
            message=message,
        )

    def _touch(self) -> None:
        """The task changes with everything of it; in one decision that shows once."""
        if self.changes.task is None:
            self.set_task()

    def note(
        self,
        kind: EventKind,
        *,
        job_id: int | None = None,
        step_id: int | None = None,
        before: Status | None = None,
        to: Status | None = None,
        by: Author | None = None,
        message: str | None = None,
    ) -> None:
        """Add an entry to the history."""
        self.changes.events.append(
            Event(
                task_id=self.changes.task_id,
                at=self.now,
                kind=kind,
                job_id=job_id,
                step_id=step_id,
                from_status=before,
                to_status=to,
                by=by,
                message=message,
            )
        )


def _check(table: dict[Status, frozenset[Status]], before: Status, to: Status, what: str) -> None:
    if to not in table.get(before, frozenset()):
        raise InvalidTransitionError(f"a {what} cannot go from {before.label} to {to.label}")
