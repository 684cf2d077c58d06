"""Canceling a task (statuses.md, "Cancel")."""

from __future__ import annotations

from tasktrail.actions.actor import Actor
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.ledger import Ledger
from tasktrail.errors import ConflictError
from tasktrail.model.happening import CancelAsked


async def cancel(decisions: Decisions, actor: Actor, task_id: int, *, forced: bool) -> None:
    """Ask for a cancel. Idempotent while the task has not ended; it ends as the work stops.

    Raises:
        NotFoundError: there is no such task.
        ConflictError: the task has ended already.
    """

    def ask(ledger: Ledger) -> None:
        task = ledger.state(task_id).task
        if task.status.final:
            raise ConflictError(f"task {task_id} has already ended: {task.status.label}")
        ledger.happen(task_id, CancelAsked(by=actor.author, forced=forced))

    await decisions.make(ask)
