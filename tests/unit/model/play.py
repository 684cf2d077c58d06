"""A task that is played by hand: the test is its engine, its store and its clock."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from tasktrail.model.advance import advance
from tasktrail.model.author import Author, AuthorKind, Role
from tasktrail.model.changes import Changes
from tasktrail.model.event import Event
from tasktrail.model.happening import (
    CancelAsked,
    Happening,
    JobClaimed,
    JobLimitReached,
    LocksGranted,
    LocksRefused,
    OrderlyStop,
    RetryDue,
    StartDue,
    StepEnded,
    TaskLimitReached,
    WorkerLost,
)
from tasktrail.model.instant import Instant
from tasktrail.model.job import Job
from tasktrail.model.outcome import Canceled, Errored, Failed, Outcome, Succeeded
from tasktrail.model.plan import TaskPlan
from tasktrail.model.status import Status
from tasktrail.model.step import Attempt, Step
from tasktrail.model.submission import Submission, new_task
from tasktrail.model.task import Task

ANN = Author(kind=AuthorKind.USER, name="Ann", id=7, role=Role.ADMIN)

GOOD = Succeeded()
BAD = Failed(message="exit code 1", exit_code=1)
BROKEN = Errored(message="no space left", reference="r-1", detail="Traceback ...")
STOPPED = Canceled(message="stopped")

START = Instant(1_000_000_000)


class FreshIds:
    """Ids from counters that are far apart, so that one kind cannot pass for another."""

    def __init__(self) -> None:
        self._tasks, self._jobs, self._steps = count(1), count(100), count(10_000)

    def task(self) -> int:
        return next(self._tasks)

    def jobs(self, count: int) -> Sequence[int]:
        return [next(self._jobs) for _ in range(count)]

    def steps(self, count: int) -> Sequence[int]:
        return [next(self._steps) for _ in range(count)]


class Play:
    """Tells a task what happens; jobs and steps go by name (`build`, or `build.compile`)."""

    def __init__(self, plan: TaskPlan, *, forced: bool = False, due: bool = True) -> None:
        self.now = START
        submission = Submission(
            organization_id=1,
            author=ANN,
            plan=plan,
            forced=forced,
            not_before=None if due else Instant(START + 3_600_000_000),
        )
        self.state, self.last = new_task(submission, FreshIds(), self.now)
        self.history: list[Event] = list(self.last.events)
        self._claims = count(1)
        if due:
            self.tell(StartDue())

    def tell(self, happening: Happening) -> Changes:
        """Let it happen a second after the last thing."""
        self.now = Instant(self.now + 1_000_000)
        return self.accept(advance(self.state, happening, self.now))

    def accept(self, changes: Changes) -> Changes:
        self.state.absorb(changes)
        self.history.extend(changes.events)
        self.last = changes
        return changes

    def claim(self, *names: str) -> Changes:
        """Workers take these jobs."""
        for name in names:
            self.tell(JobClaimed(self.job(name).id, f"claim-{next(self._claims)}"))
        return self.last

    def end(self, name: str, *outcomes: Outcome) -> Changes:
        """The running step of a job ends; several outcomes are for several steps in turn."""
        for outcome in outcomes or (GOOD,):
            self.tell(self.report(name, outcome))
        return self.last

    def report(self, name: str, outcome: Outcome) -> StepEnded:
        """What the worker of a job would report now."""
        job, step = self.job(name), self.running(name)
        assert job.claim is not None
        return StepEnded(
            job_id=job.id,
            claim=job.claim,
            step_id=step.id,
            attempt=step.attempts,
            outcome=outcome,
        )

    def play_job(self, name: str, *outcomes: Outcome) -> Changes:
        self.claim(name)
        return self.end(name, *outcomes)

    def obey(self) -> None:
        """Every stop that the last decision asked for is honoured."""
        for stop in list(self.last.stops):
            self.end(self.state.jobs[stop.job_id].name, stop.outcome)

    def lose(self, name: str, *, begun: bool = True, stop: OrderlyStop | None = None) -> Changes:
        return self.tell(WorkerLost(self.job(name).id, "lost-1", begun=begun, stop=stop))

    def retry(self, name: str) -> Changes:
        return self.tell(RetryDue(self.step(name).id))

    def grant(self, name: str | None = None) -> Changes:
        return self.tell(LocksGranted(self.job(name).id if name else None))

    def refuse(self, name: str, message: str = "it would wait for itself") -> Changes:
        return self.tell(LocksRefused(self.job(name).id, message))

    def cancel(self, *, forced: bool = False) -> Changes:
        return self.tell(CancelAsked(ANN, forced))

    def reach_limit(self, name: str | None = None) -> Changes:
        return self.tell(JobLimitReached(self.job(name).id) if name else TaskLimitReached())

    @property
    def task(self) -> Task:
        return self.state.task

    @property
    def status(self) -> Status:
        return self.state.task.status

    @property
    def statuses(self) -> dict[str, str]:
        """Job statuses by name."""
        return {job.name: job.status.value for job in self.state.jobs.values()}

    def job(self, name: str) -> Job:
        return self.state.jobs[self.state.job_ids[name]]

    def step(self, name: str) -> Step:
        job, _, step = name.partition(".")
        found = [each for each in self.state.steps_of(self.job(job).id) if each.name == step]
        assert len(found) == 1, f"no step {name}"
        return found[0]

    def step_statuses(self, name: str) -> list[str]:
        return [step.status.value for step in self.state.steps_of(self.job(name).id)]

    def running(self, name: str) -> Step:
        """The step that the worker of a job is at."""
        active = (Status.IN_PROGRESS, Status.CANCELING)
        found = [each for each in self.state.steps_of(self.job(name).id) if each.status in active]
        assert len(found) == 1, f"no step of {name} runs"
        return found[0]

    def attempt(self, name: str) -> Attempt:
        return self.state.attempts[self.step(name).id]

    def path(self) -> list[str]:
        """The statuses that the task went through, from the history."""
        return [
            event.to_status.value
            for event in self.history
            if event.to_status and event.job_id is None
        ]
