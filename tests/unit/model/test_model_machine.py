"""Random tasks, driven to their end by an engine that does everything an engine can do.

They are the same ones each time that the same tests of the same code run: Hypothesis derives them
from the name of the test, and from constants that it finds in the modules which are loaded.
`TASKTRAIL_HYPOTHESIS=deep` looks at far more, and at others each time, for some minutes.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tasktrail.errors import StaleClaimError
from tasktrail.model.advance import advance
from tasktrail.model.changes import Changes, StopStep
from tasktrail.model.happening import (
    CancelAsked,
    ClaimGivenUp,
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
from tasktrail.model.outcome import Outcome, TimedOut, TimeLimit, Warned
from tasktrail.model.plan import JobPlan, RetryOn, StepPlan, TaskPlan
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status
from tasktrail.model.step import Step
from unit.model import laws
from unit.model.plans import ALWAYS, BOTH, ON_FAILURE, ON_SUCCESS, job, plan, step
from unit.model.play import ANN, BAD, BROKEN, GOOD, STOPPED, Play

settings.register_profile(
    "quick", max_examples=100, stateful_step_count=30, derandomize=True, database=None
)
settings.register_profile("deep", max_examples=3_000, stateful_step_count=60)
PROFILE = settings(
    settings.get_profile(os.environ.get("TASKTRAIL_HYPOTHESIS", "quick")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

pytestmark = pytest.mark.timeout(900)

WHEN = st.sampled_from([ON_SUCCESS, ON_SUCCESS, ON_SUCCESS, ON_FAILURE, ALWAYS])
STOPS = (None, OrderlyStop(Instant(1), "SIGTERM"))
SELDOM = st.sampled_from([False, False, False, True])
TROUBLE = st.sampled_from(["cancel", "task limit", "job limit", "lost worker", "circle", "clock"])
"""What one example may meet, so that most are not cut short by everything at once."""

OUTCOMES: list[Outcome] = [
    *(GOOD for _ in range(5)),
    BAD,
    BROKEN,
    Warned(message="look at this"),
    TimedOut(limit=TimeLimit.STEP, message="too long"),
    STOPPED,
]


@st.composite
def step_plans(draw: st.DrawFn, name: str) -> StepPlan:
    on: tuple[RetryOn, ...] = draw(st.sampled_from([(), (RetryOn.SYSTEM,), BOTH]))
    return step(
        name,
        draw(WHEN),
        attempts=draw(st.integers(1, 4)),
        on=on,
        retry_safe=draw(st.booleans()),
        allow_failure=draw(SELDOM),
        system=draw(SELDOM),
        spawn=draw(SELDOM),
    )


@st.composite
def job_plans(draw: st.DrawFn, number: int) -> JobPlan:
    earlier = [f"j{other}" for other in range(number)]
    needs = st.lists(st.sampled_from(earlier), unique=True, max_size=3) if earlier else st.just([])
    return job(
        f"j{number}",
        *(draw(step_plans(f"s{index}")) for index in range(draw(st.integers(1, 3)))),
        after=tuple(sorted(draw(needs))),
        when=draw(WHEN),
        locks=("lock",) if draw(SELDOM) else (),
        timeout=draw(st.sampled_from([None, 60.0])),
        system=draw(SELDOM),
        framed=draw(st.booleans()),
    )


@st.composite
def task_plans(draw: st.DrawFn) -> TaskPlan:
    return plan(
        *(draw(job_plans(number)) for number in range(draw(st.integers(1, 5)))),
        fail_fast=draw(SELDOM),
        locks=("lock",) if draw(SELDOM) else (),
    )


class TaskMachine(RuleBasedStateMachine):
    """The engine, the store and the clock around one task."""

    @initialize(plan=task_plans(), forced=SELDOM, trouble=st.sets(TROUBLE, min_size=1, max_size=3))
    def submit(self, plan: TaskPlan, forced: bool, trouble: set[str]) -> None:
        self.trouble = trouble
        self.play = Play(plan, forced=forced, due=False)
        self.started = False
        self.lock_requests: list[int | None] = []
        self.granted: set[int | None] = set()
        self.stops: dict[int, StopStep] = {}
        self.claims = 0
        self.settled: list[StepEnded] = []
        self.lost_for_good: dict[int, int] = {}
        self.not_begun: Counter[int] = Counter()

    @property
    def state(self) -> TaskState:
        return self.play.state

    @invariant()
    def the_laws_hold(self) -> None:
        if hasattr(self, "play"):
            laws.check_state(self.state, self.not_begun)
            for step_id, attempts in self.lost_for_good.items():
                assert self.state.steps[step_id].attempts == attempts, "started a second time"

    def tell(self, happening: Happening) -> Changes:
        play = self.play
        play.now = Instant(play.now + 1_000_000)
        before = _copied(self.state)
        changes = advance(self.state, happening, play.now)
        assert _copied(self.state) == before, "a decision changed the state"
        play.accept(changes)
        laws.check_decision(before, self.state, changes)
        self.carry_out(changes)
        return changes

    def carry_out(self, changes: Changes) -> None:
        for job_id in changes.lock_requests:
            assert job_id not in self.lock_requests, "asked twice for the same locks"
            self.lock_requests.append(job_id)
        for stop in changes.stops:
            self.stops[stop.step_id] = stop
        for job_id in (None, *self.state.jobs):
            if _locks_of(self.state, job_id) and job_id not in self.granted:
                self.check_held(job_id)

    def check_held(self, job_id: int | None) -> None:
        if job_id is None:
            assert self.state.task.started_at is None, "started without its locks"
        else:
            assert self.state.jobs[job_id].started_at is None, "started without its locks"

    # What can happen at any time.

    @precondition(lambda self: not self.started)
    @rule()
    def the_start_is_due(self) -> None:
        self.started = True
        self.tell(StartDue())

    @precondition(lambda self: self.queued())
    @rule(data=st.data())
    def a_worker_claims(self, data: st.DataObject) -> None:
        self.claim(data.draw(st.sampled_from(self.queued())))

    @precondition(lambda self: self.running())
    @rule(data=st.data())
    def a_step_ends_by_itself(self, data: st.DataObject) -> None:
        step = data.draw(st.sampled_from(self.running()))
        self.end(step, data.draw(st.sampled_from(OUTCOMES)))

    @precondition(lambda self: self.stoppable())
    @rule(data=st.data())
    def a_stop_is_honoured(self, data: st.DataObject) -> None:
        step = data.draw(st.sampled_from(self.stoppable()))
        self.end(step, self.stops[step.id].outcome)

    @precondition(lambda self: self.backed_off())
    @rule(data=st.data())
    def a_retry_is_due(self, data: st.DataObject) -> None:
        self.retry(data.draw(st.sampled_from(self.backed_off())))

    @precondition(lambda self: self.held())
    @rule(data=st.data())
    def locks_are_granted(self, data: st.DataObject) -> None:
        self.grant(data.draw(st.sampled_from(self.held())))

    @precondition(lambda self: "circle" in self.trouble and self.held_jobs())
    @rule(data=st.data())
    def a_job_would_wait_for_itself(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(self.held_jobs()))
        assert self.tell(LocksRefused(job_id, "a circle"))
        ended = Status.DONE_WITH_WARNINGS if self.state.task.forced else Status.FAILED
        assert self.state.jobs[job_id].status is ended

    @precondition(lambda self: "lost worker" in self.trouble and self.running())
    @rule(data=st.data())
    def a_worker_is_lost(self, data: st.DataObject) -> None:
        step = data.draw(st.sampled_from(self.running()))
        if not laws.repeatable(self.state.step_plan(step)):
            self.lost_for_good[step.id] = step.attempts
        claim = self.state.jobs[step.job_id].claim
        assert claim is not None
        self.tell(ClaimGivenUp(step.job_id, claim))
        self.tell(WorkerLost(step.job_id, "lost", stop=data.draw(st.sampled_from(STOPS))))
        assert self.state.jobs[step.job_id].status is Status.QUEUED

    @precondition(lambda self: "lost worker" in self.trouble and self.running())
    @rule(data=st.data())
    def a_worker_leaves_before_it_begins(self, data: st.DataObject) -> None:
        step = data.draw(st.sampled_from(self.running()))
        self.not_begun[step.id] += 1
        stop = data.draw(st.sampled_from(STOPS))
        self.tell(WorkerLost(step.job_id, "left", begun=False, stop=stop))
        assert self.state.jobs[step.job_id].status is Status.QUEUED
        if step.status is Status.IN_PROGRESS and self.state.task.limit_reached_at is None:
            assert self.state.steps[step.id].status is not Status.FAILED

    @precondition(lambda self: "cancel" in self.trouble and self.seldom())
    @rule(forced=SELDOM)
    def a_cancel_is_asked(self, forced: bool) -> None:
        before = self.state.task.cancel
        ended = self.state.task.status.final
        started = self.state.task.started_at is not None
        changes = self.tell(CancelAsked(ANN, forced))
        if ended or (before is not None and (before.forced or not forced)):
            assert not changes, "a cancel is idempotent"
        elif not started:
            assert self.state.task.status is Status.CANCELED
        else:
            assert self.state.task.status in {Status.CANCELING, Status.CANCELED}

    @precondition(lambda self: "task limit" in self.trouble and self.seldom())
    @rule()
    def the_task_limit_is_reached(self) -> None:
        task = self.state.task
        means_something = bool(
            task.started_at and not task.limit_reached_at and not task.status.final
        )
        assert bool(self.tell(TaskLimitReached())) == means_something

    @precondition(lambda self: "job limit" in self.trouble and self.state.task.started_at)
    @rule(data=st.data())
    def a_job_limit_is_reached(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(sorted(self.state.jobs)))
        if self.state.job_plan(self.state.jobs[job_id]).timeout is not None:
            self.tell(JobLimitReached(job_id))

    @precondition(lambda self: "clock" in self.trouble)
    @rule(seconds=st.integers(-100, 100))
    def the_clock_is_set(self, seconds: int) -> None:
        self.play.now = Instant(self.play.now + seconds * 1_000_000)

    # What comes too late, twice, or from somebody who has no business with it.

    @precondition(lambda self: self.settled)
    @rule(data=st.data())
    def a_report_comes_again(self, data: st.DataObject) -> None:
        self.refuse(data.draw(st.sampled_from(self.settled)))

    @precondition(lambda self: self.running())
    @rule(data=st.data(), outcome=st.sampled_from(OUTCOMES))
    def a_report_is_stale(self, data: st.DataObject, outcome: Outcome) -> None:
        report = self.report(data.draw(st.sampled_from(self.running())), outcome)
        other = data.draw(st.sampled_from(sorted(self.state.steps)))
        self.refuse(replace(report, claim="somebody-else"))
        self.refuse(replace(report, attempt=report.attempt + 1))
        self.refuse(replace(report, attempt=report.attempt - 1))
        if other != report.step_id:
            attempts = self.state.steps[other].attempts
            self.refuse(replace(report, step_id=other, attempt=attempts))

    @rule(data=st.data())
    def what_is_not_due_changes_nothing(self, data: st.DataObject) -> None:
        jobs = [job for job in self.state.jobs.values() if job.status is not Status.QUEUED]
        steps = [each for each in self.state.steps.values() if each.status != Status.BACKED_OFF]
        idle = [job for job in jobs if job.claim is None]
        pointless: list[Happening] = [
            *(JobClaimed(job.id, "late") for job in jobs),
            *(
                JobClaimed(one.id, late)
                for one in self.state.jobs.values()
                for late in one.given_up
            ),
            *(ClaimGivenUp(job.id, "late") for job in jobs if job.status.final),
            *(RetryDue(each.id) for each in steps),
            *(WorkerLost(job.id, "late") for job in idle),
            *(LocksGranted(job_id) for job_id in self.granted),
            *(LocksRefused(job.id, "late") for job in jobs if job.id not in self.held_jobs()),
            *(JobLimitReached(job.id) for job in jobs if job.started_at is None),
        ]
        if pointless:
            assert not self.tell(data.draw(st.sampled_from(pointless)))

    # Always possible: everything that waits can be brought to its end.

    def teardown(self) -> None:
        if not hasattr(self, "play"):
            return
        if not self.started:
            self.the_start_is_due()
        for _ in range(2000):
            self.the_laws_hold()
            if self.state.task.status.final:
                break
            self.go_on()
        assert self.state.task.status.final
        assert self.play.history[-1].to_status is self.state.task.status

    def go_on(self) -> None:
        if steps := self.stoppable():
            self.end(steps[0], self.stops[steps[0].id].outcome)
        elif steps := self.running():
            self.end(steps[0], OUTCOMES[(steps[0].id + steps[0].attempts) % len(OUTCOMES)])
        elif held := self.held():
            self.grant(held[0])
        elif jobs := self.queued():
            self.claim(jobs[-1])
        elif steps := self.backed_off():
            self.retry(steps[0])
        else:
            raise AssertionError(f"stuck: nothing can happen to a {self.state.task.status} task")

    # The engine's hands.

    def claim(self, job_id: int) -> None:
        self.claims += 1
        self.tell(JobClaimed(job_id, f"claim-{self.claims}"))

    def end(self, step: Step, outcome: Outcome) -> None:
        report = self.report(step, outcome)
        self.stops.pop(step.id, None)
        self.settled.append(report)
        self.tell(report)
        attempt = self.state.attempts[step.id]
        assert attempt.number > step.attempts or attempt.outcome == outcome

    def report(self, step: Step, outcome: Outcome) -> StepEnded:
        claim = self.state.jobs[step.job_id].claim
        assert claim is not None
        return StepEnded(
            job_id=step.job_id,
            claim=claim,
            step_id=step.id,
            attempt=step.attempts,
            outcome=outcome,
        )

    def refuse(self, report: StepEnded) -> None:
        before = _copied(self.state)
        with pytest.raises(StaleClaimError):
            advance(self.state, report, self.play.now)
        assert _copied(self.state) == before

    def retry(self, step: Step) -> None:
        assert self.tell(RetryDue(step.id))

    def grant(self, job_id: int | None) -> None:
        self.granted.add(job_id)
        assert self.tell(LocksGranted(job_id))

    # What the engine sees.

    def seldom(self) -> bool:
        """So that a stop does not cut short most of the examples that have one."""
        return len(self.play.history) % 3 == 0

    def queued(self) -> list[int]:
        return [job.id for job in self.state.jobs.values() if job.status is Status.QUEUED]

    def running(self) -> list[Step]:
        return [each for each in self.state.steps.values() if each.status in laws.ACTIVE]

    def stoppable(self) -> list[Step]:
        return [each for each in self.running() if each.id in self.stops]

    def backed_off(self) -> list[Step]:
        return [each for each in self.state.steps.values() if each.status is Status.BACKED_OFF]

    def held(self) -> list[int | None]:
        waiting: list[int | None] = []
        for job_id in self.lock_requests:
            status = self.state.task.status if job_id is None else self.state.jobs[job_id].status
            if job_id not in self.granted and not status.final:
                waiting.append(job_id)
        return waiting

    def held_jobs(self) -> list[int]:
        return [job_id for job_id in self.held() if job_id is not None]


def _copied(state: TaskState) -> TaskState:
    """Records are immutable: copies of the tables that hold them are enough."""
    return TaskState(
        state.plan, state.task, dict(state.jobs), dict(state.steps), dict(state.attempts)
    )


def _locks_of(state: TaskState, job_id: int | None) -> tuple[str, ...]:
    return state.plan.locks if job_id is None else state.job_plan(state.jobs[job_id]).locks


TestTaskMachine: Any = TaskMachine.TestCase
TestTaskMachine.settings = PROFILE
