"""What a decision changes: new versions of records, events, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass, field

from tasktrail.model.event import Event
from tasktrail.model.job import Job
from tasktrail.model.outcome import Canceled, TimedOut
from tasktrail.model.step import Attempt, Step
from tasktrail.model.task import Task


@dataclass(frozen=True, slots=True)
class StopStep:
    """A running step is to be stopped, and what its outcome is then."""

    job_id: int
    step_id: int
    outcome: Canceled | TimedOut
    forced: bool = False


@dataclass(slots=True)
class Changes:
    """The result of one decision about one task. Empty when nothing was to be decided.

    Attributes:
        task, jobs, steps: new versions of the records that changed.
        attempts: new or changed attempts by step id.
        events: history entries, in order.
        stops: running steps that the engine has to stop.
        lock_requests: jobs (None: the task itself) that nothing holds any more but their locks.
        releases: jobs (None: the whole task) whose locks are free now.
    """

    task_id: int
    task: Task | None = None
    jobs: dict[int, Job] = field(default_factory=dict[int, Job])
    steps: dict[int, Step] = field(default_factory=dict[int, Step])
    attempts: dict[int, Attempt] = field(default_factory=dict[int, Attempt])
    events: list[Event] = field(default_factory=list[Event])
    stops: list[StopStep] = field(default_factory=list[StopStep])
    lock_requests: list[int | None] = field(default_factory=list["int | None"])
    releases: list[int | None] = field(default_factory=list["int | None"])

    def __bool__(self) -> bool:
        return self.task is not None

    def followed_by(self, later: Changes) -> Changes:
        """Both as one: what somebody sees who sees only the end of it."""
        return Changes(
            self.task_id,
            later.task or self.task,
            self.jobs | later.jobs,
            self.steps | later.steps,
            self.attempts | later.attempts,
            self.events + later.events,
            self.stops + later.stops,
            self.lock_requests + later.lock_requests,
            self.releases + later.releases,
        )
