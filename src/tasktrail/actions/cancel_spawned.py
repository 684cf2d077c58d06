"""Canceling a task that a step waits for."""

from __future__ import annotations

from tasktrail.actions.ledger import Ledger
from tasktrail.model.happening import CancelAsked


def cancel_spawned(ledger: Ledger, origin_task_id: int, task_id: int, *, forced: bool) -> None:
    """Cancel a task in the name of who cancels its origin, or else who submitted that. Nothing
    happens when it has ended."""
    origin = ledger.state(origin_task_id).task
    cancel = origin.cancel
    by = cancel.by if cancel is not None else origin.author
    reason = cancel.reason if cancel is not None else None
    ledger.happen(task_id, CancelAsked(by=by, forced=forced, reason=reason))
