"""What really goes on, whatever the records say: every attempt that a runner is carrying out."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulation.broken import BrokenError, hold
from simulation.trace import Trace
from tasktrail.model.instant import Instant
from tasktrail.model.plan import JobPlan, SpawnAction, StepPlan, SystemAction, TaskPlan
from tasktrail.runners.step_call import StepCall
from tasktrail.store.rows import plan_of

FINAL = {"done", "done_with_warnings", "failed", "timed_out", "canceled", "skipped"}
RUNNING = {"in_progress", "canceling"}


@dataclass(eq=False)
class Running:
    """An attempt that is being carried out."""

    task_id: int
    job_id: int
    step_id: int
    number: int
    step: StepPlan
    locks: frozenset[str]
    began_at: float
    asked: bool = False


@dataclass
class AttemptWatch:
    """Sees every attempt begin and end, and holds it against the records of that moment."""

    database: sqlite3.Connection
    trace: Trace
    clock: Callable[[], Instant]
    time: Callable[[], float]
    not_before: dict[int, Instant] = field(default_factory=dict[int, Instant])
    begun: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    """Every attempt that has ever been carried out: step and number."""
    broken: BrokenError | None = None
    running: dict[tuple[int, int], Running] = field(default_factory=dict[tuple[int, int], Running])
    _lost: set[int] = field(default_factory=set[int])
    _plans: dict[int, TaskPlan] = field(default_factory=dict[int, TaskPlan])
    _starts: Counter[int] = field(default_factory=Counter[int])

    def begin(self, call: StepCall) -> Running:
        """Somebody starts to carry out `call`."""
        try:
            running = self._begin(call)
        except BrokenError as broken:
            self.broken = self.broken or broken
            raise
        self.running[running.step_id, running.number] = running
        self.trace.meet("attempts")
        self.trace.say(
            "task {} step {} attempt {} begins", call.task_id, call.step_id, call.attempt
        )
        return running

    def end(self, running: Running, how: str) -> None:
        """Nothing of an attempt goes on any more."""
        if self.running.pop((running.step_id, running.number), None) is None:
            return  # its life was over before
        self.trace.say(
            "task {} step {} attempt {} ends: {}",
            running.task_id,
            running.step_id,
            running.number,
            how,
        )

    def crash(self) -> None:
        """The engine is dead; what it had running is swept away before the next one starts."""
        unsettled = self.database.execute(
            "SELECT step_id, number FROM attempts WHERE ended_at IS NULL"
        )
        self._lost |= {step_id for step_id, number in unsettled if (step_id, number) in self.begun}
        self.trace.met["attempts cut off"] += len(self.running)
        self.running.clear()

    def after_commit(self, task_ids: set[int]) -> None:
        """Nothing goes on of what the records call ended."""
        for running in self.running.values():
            if running.task_id in task_ids:
                (ended,) = self._row(
                    "SELECT ended_at FROM attempts WHERE step_id = ? AND number = ?",
                    running.step_id,
                    running.number,
                )
                hold(
                    ended is None,
                    "attempt {} at step {} goes on, but is recorded as ended",
                    running.number,
                    running.step_id,
                )

    def plan(self, task_id: int) -> TaskPlan:
        """What a task does."""
        if task_id not in self._plans:
            (text,) = self._row("SELECT plan FROM task_plans WHERE task_id = ?", task_id)
            self._plans[task_id] = plan_of(text)
        return self._plans[task_id]

    def _begin(self, call: StepCall) -> Running:
        key = (call.step_id, call.attempt)
        hold(key not in self.begun, "attempt {1} at step {0} starts a second time", *key)
        self.begun.add(key)
        job_id, position, status, attempts = self._row(
            "SELECT job_id, position, status, attempts FROM steps WHERE id = ?", call.step_id
        )
        job_position, job_status, claim = self._row(
            "SELECT position, status, claim FROM jobs WHERE id = ?", job_id
        )
        plan = self.plan(call.task_id)
        job = plan.jobs[job_position]
        step = job.steps[position]
        hold(status in RUNNING, "step {} starts, but is recorded as {}", call.step_id, status)
        hold(attempts == call.attempt, "step {} starts a stale attempt", call.step_id)
        hold(job_status in RUNNING and claim, "job {} runs, but is {}", job_id, job_status)
        self._check_task(call.task_id)
        self._check_needs(call.task_id, job)
        self._check_neighbours(job_id, call.step_id)
        self._check_repetition(call.step_id, step)
        locks = frozenset((*plan.locks, *job.locks))
        self._check_locks(call.task_id, job_id, locks)
        return Running(call.task_id, job_id, call.step_id, call.attempt, step, locks, self.time())

    def _check_task(self, task_id: int) -> None:
        (status,) = self._row("SELECT status FROM tasks WHERE id = ?", task_id)
        hold(status not in FINAL, "a step of task {} starts, which is {}", task_id, status)
        start = self.not_before.get(task_id)
        hold(start is None or start <= self.clock(), "task {} starts before its time", task_id)

    def _check_needs(self, task_id: int, job: JobPlan) -> None:
        for name in job.after:
            need, status = self._row(
                "SELECT id, status FROM jobs WHERE task_id = ? AND name = ?", task_id, name
            )
            hold(
                status in FINAL, "{} starts, but {}, which it needs, is {}", job.name, name, status
            )
            hold(
                all(other.job_id != need for other in self.running.values()),
                "{} starts, but something of {} goes on",
                job.name,
                name,
            )

    def _check_neighbours(self, job_id: int, step_id: int) -> None:
        for other in self.running.values():
            hold(
                other.job_id != job_id,
                "step {} starts while step {} of the same job goes on",
                step_id,
                other.step_id,
            )

    def _check_repetition(self, step_id: int, step: StepPlan) -> None:
        """What is not safe to repeat is never started again after its worker died."""
        own = step.system and isinstance(step.action, SystemAction)
        safe = step.retry_safe or own or isinstance(step.action, SpawnAction)
        hold(safe or step_id not in self._lost, "step {} is not safe to start again", step_id)
        self._starts[step_id] += 1
        most = max(step.retry.attempts, 3 if safe else 1)
        hold(self._starts[step_id] <= most, "step {} starts too often", step_id)

    def _check_locks(self, task_id: int, job_id: int, locks: frozenset[str]) -> None:
        if not locks:
            return
        held = {
            name
            for (name,) in self.database.execute(
                "SELECT name FROM lock_claims WHERE task_id = ? AND granted_at IS NOT NULL"
                " AND (job_id IS NULL OR job_id = ?)",
                (task_id, job_id),
            )
        }
        hold(locks <= held, "job {} runs without its locks {}", job_id, sorted(locks - held))
        for other in self.running.values():
            if other.task_id != task_id:
                shared = locks & other.locks
                hold(not shared, "tasks {} and {} share {}", task_id, other.task_id, shared)

    def _row(self, query: str, *values: object) -> tuple[Any, ...]:
        row = self.database.execute(query, values).fetchone()
        hold(row is not None, "there is nothing at {} {}", query, values)
        return row
