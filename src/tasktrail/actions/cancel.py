"""Canceling a task (statuses.md, "Cancel")."""

from __future__ import annotations

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.identity.standing import standing
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.permission import require_on
from tasktrail.errors import ConflictError
from tasktrail.model.caller import Caller
from tasktrail.model.happening import CancelAsked
from tasktrail.model.permission import Permission
from tasktrail.store.organizations import projects_of


async def cancel(decisions: Decisions, caller: Caller, task_id: int, *, forced: bool) -> None:
    """Ask for a cancel. Idempotent while the task has not ended; it ends as the work stops.

    Raises:
        NotFoundError: there is no such task, or none that the caller may see.
        NotAllowedError: the caller may not cancel it.
        NotSignedInError: the caller has lost the credential, or all rights there, meanwhile.
        ConflictError: the task has ended already.
    """

    def ask(ledger: Ledger) -> None:
        actor = standing(ledger, caller).actor
        state = ledger.state(task_id)
        task = state.task
        linked = projects_of(ledger.transaction.connection, [task_id]).get(task_id, ())
        require_on(actor, Permission.CANCEL, task, state.plan, linked)
        if task.status.final:
            raise ConflictError(f"task {task_id} has already ended: {task.status.label}")
        ledger.happen(task_id, CancelAsked(by=actor.author, forced=forced))

    await decisions.make(ask)
