"""What one transaction decides about tasks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tasktrail.actions.lock_circle import circle_of, refuse_circle
from tasktrail.model.advance import advance
from tasktrail.model.attention import calls_for_attention
from tasktrail.model.changes import Changes
from tasktrail.model.event import Event, EventKind
from tasktrail.model.happening import CancelAsked, Happening, LocksGranted, LocksRefused, StartDue
from tasktrail.model.instant import Instant
from tasktrail.model.orders import MOST_GIVEN, Orders, orders_of
from tasktrail.model.plan import SpawnAction, TaskPlan
from tasktrail.model.standing_stops import standing_stops
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status
from tasktrail.model.submission import Origin, Submission, new_task
from tasktrail.model.task import Task
from tasktrail.store import locks
from tasktrail.store.outbox import CALL
from tasktrail.store.spawned import awaited_task
from tasktrail.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision about one task, once it is durable: the task after it, and what it changed.

    `mark` is that of its row in the outbox, where an engine elsewhere has to be told of it; for a
    task that is new, `orders` are what that engine has to do first.
    """

    task: Task
    plan: TaskPlan
    changes: Changes
    mark: int | None = None
    orders: Orders | None = None

    @property
    def releases_locks(self) -> bool:
        """Whether others may get locks by it, or move up in the queues for them."""
        return bool(self.changes.releases) and _wants_locks(self.plan)


class Ledger:
    """Applies what happens to tasks inside one transaction, with all that follows for other tasks:
    locks that are requested, granted and released."""

    def __init__(self, transaction: Transaction, now: Instant) -> None:
        self.transaction = transaction
        self.now = now
        self.entered: set[int] = set()
        """The tasks that are new in this transaction."""
        self._decided: dict[int, Decided] = {}
        self._calls: set[int] = set()
        """The tasks that an engine elsewhere has to look at."""

    @property
    def decided(self) -> list[Decided]:
        """What was decided about each task, all of it in one; what came last is last."""
        return list(self._decided.values())

    def state(self, task_id: int) -> TaskState:
        """The task as it stands.

        Raises:
            NotFoundError: there is no such task.
        """
        return self.transaction.state(task_id)

    def happen(self, task_id: int, happening: Happening) -> Changes:
        """Decide what follows from `happening`, and keep it.

        Raises:
            NotFoundError: there is no such task.
            StaleClaimError: a worker reports about what is no longer its own.
        """
        state = self.state(task_id)
        changes = advance(state, happening, self.now)
        if changes:
            self.transaction.save(state, changes)
            self._decide(state, changes)
            if calls_for_attention(state, happening, changes):
                self._calls.add(task_id)
            self._follow_locks(state, changes)
            self._cancel_awaited(state, changes)
        return changes

    def enter(self, submission: Submission) -> int:
        """Accept a new executable task; returns its id.

        Raises:
            ConflictError: it is spawned, and needs a lock of somebody who would wait for it.
        """
        if submission.origin is not None and _wants_locks(submission.plan):
            self._refuse_circle(submission, submission.origin)
        state, changes = new_task(submission, self.transaction.ids, self.now)
        self.transaction.create(
            state,
            changes,
            project_ids=submission.project_ids,
            resources=submission.plan.resources,
            secrets=submission.secrets,
        )
        task = state.task
        self.entered.add(task.id)
        self._calls.add(task.id)
        self._decide(state, changes)
        for event in _links(task, self.now):
            self.transaction.note(event)
            self._show(event.task_id)
        if task.not_before is None or task.not_before <= self.now:
            self.happen(task.id, StartDue())
        return task.id

    def show_all(self, task_id: int) -> None:
        """Have everybody told how all of a task stands, changed or not, and what is to stop."""
        state = self.state(task_id)
        everything = Changes(task_id, state.task, dict(state.jobs), dict(state.steps))
        everything.stops.extend(standing_stops(state))
        self._calls.add(task_id)
        self._decide(state, everything)

    def show_recorded(self, state: TaskState) -> None:
        """Have everybody told of a task that is done already."""
        self._decide(state, Changes(state.task.id))

    def call_engine(self) -> None:
        """Put into the outbox what an engine elsewhere has to be told of; the last thing that is
        done in a transaction."""
        for task_id in sorted(self._calls):
            mark = secrets.randbits(62)
            self.transaction.writes.insert(CALL, [(task_id, mark)])
            orders = self._first_orders(task_id) if task_id in self.entered else None
            self._decided[task_id] = replace(self._decided[task_id], mark=mark, orders=orders)

    def _first_orders(self, task_id: int) -> Orders:
        return orders_of(self.state(task_id), [], MOST_GIVEN, self.now)

    def _refuse_circle(self, submission: Submission, origin: Origin) -> None:
        self.state(origin.task_id)  # its row first: see `lock_task`
        connection = self.transaction.connection
        locks.hold_queues(connection, submission.organization_id)
        refuse_circle(connection, submission)

    def _show(self, task_id: int) -> None:
        """Have those told who look at a task to which nothing happened but a new link."""
        self._decide(self.state(task_id), Changes(task_id))

    def _decide(self, state: TaskState, changes: Changes) -> None:
        before = self._decided.pop(state.task.id, None)
        if before is not None:
            changes = before.changes.followed_by(changes)
        self._decided[state.task.id] = Decided(state.task, state.plan, changes)

    def _cancel_awaited(self, state: TaskState, changes: Changes) -> None:
        """Cancel the spawned tasks that stopped steps wait for: one decision, so that no crash can
        come between."""
        for order in changes.stops:
            action = state.step_plan(state.steps[order.step_id]).action
            if isinstance(action, SpawnAction) and action.wait:
                awaited = awaited_task(self.transaction.connection, order.step_id)
                if awaited is not None:
                    cancel = state.task.cancel
                    by = cancel.by if cancel is not None else state.task.author
                    reason = cancel.reason if cancel is not None else None
                    self.happen(awaited, CancelAsked(by=by, forced=order.forced, reason=reason))

    def _follow_locks(self, state: TaskState, changes: Changes) -> None:
        task = state.task
        for job_id in changes.lock_requests:
            self._request_locks(state, job_id)
        if changes.releases and _wants_locks(state.plan):
            for job_id in changes.releases:
                for owner, owner_job in locks.release(
                    self.transaction.connection, (task.id, job_id), self.now
                ):
                    self.happen(owner, LocksGranted(owner_job))

    def _request_locks(self, state: TaskState, job_id: int | None) -> None:
        """Ask for the locks of a job or of the task; a job that would wait for itself is ended."""
        if job_id is not None and state.jobs[job_id].status is not Status.PENDING:
            return  # what became of another request has ended it
        task, connection = state.task, self.transaction.connection
        names = state.plan.locks if job_id is None else state.job_plan(state.jobs[job_id]).locks
        if locks.request(connection, task.organization_id, names, (task.id, job_id), self.now):
            self.happen(task.id, LocksGranted(job_id))
        elif job_id is not None:
            circle = circle_of(connection, state, job_id)
            if circle is not None:
                self.happen(task.id, LocksRefused(job_id, circle))


def _wants_locks(plan: TaskPlan) -> bool:
    return bool(plan.locks) or any(job.locks for job in plan.jobs)


def _links(task: Task, now: Instant) -> Iterator[Event]:
    """What the history of the tasks that a new one is linked to says of it."""
    links = (
        (task.origin_task_id, task.origin_step_id, EventKind.SPAWNED),
        (task.repeated_task_id, None, EventKind.RERUN),
    )
    for linked, step_id, kind in links:
        if linked is not None:
            yield Event(
                task_id=linked,
                at=now,
                kind=kind,
                step_id=step_id,
                by=task.author,
                message=f"task {task.id}: {task.title}",
            )
