"""Removing histories that are kept too long, month by month, and recording that (M11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.identity.require import require
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.record import Recording, enter_record
from tasktrail.errors import ConflictError
from tasktrail.model.access import Actor
from tasktrail.model.instant import Instant, after
from tasktrail.model.permission import Permission
from tasktrail.store.history_months import KeptMonth, has_months, removable_months, remove_months
from tasktrail.store.store import Connection

DEFINITION = "history.prune"
"""The name of the tasks that say what was removed."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The months whose histories were removed, or would be, and the task that says so (None:
    nothing was)."""

    months: tuple[KeptMonth, ...]
    task_id: int | None = None

    @property
    def size(self) -> int:
        """Bytes that they took."""
        return sum(kept.size for kept in self.months)


class HistoryPruning:
    """Applies retention to the histories of all organizations, which are kept together.

    A month goes when it is over for so long, and when no task that began in it or before is still
    to end. Tasks stay, with their jobs, steps and attempts; only how they came about is forgotten.
    """

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions

    async def plan(self, actor: Actor, age: float) -> Forgotten:
        """What `prune` would remove now.

        Raises:
            NotAllowedError: the actor may not.
            ConflictError: histories are not kept by month.
        """
        require(actor, Permission.PRUNE_LOGS)
        before = after(self._decisions.clock(), -age)
        found = await self._decisions.store.read(lambda connection: _months(connection, before))
        return Forgotten(tuple(found))

    async def prune(self, actor: Actor, age: float) -> Forgotten:
        """Remove the histories of months that have been over for `age` seconds, in one transaction
        with the task that says so.

        Raises:
            NotAllowedError: the actor may not.
            ConflictError: histories are not kept by month.
            StoreUnavailableError: nothing was removed; others may have been in the way.
        """
        require(actor, Permission.PRUNE_LOGS)

        def remove(ledger: Ledger) -> Forgotten:
            connection = ledger.transaction.connection
            found = _months(connection, after(ledger.now, -age))
            if not found:
                return Forgotten(())
            forgotten = Forgotten(tuple(found))
            recording = Recording(name=DEFINITION, title=_title(forgotten))
            task_id = enter_record(ledger, actor, recording)
            connection = ledger.transaction.connection  # with the task in it
            months = [kept.month for kept in found]
            remove_months(connection, months, at=ledger.now, by_task=task_id)
            return Forgotten(forgotten.months, task_id)

        return await self._decisions.make(remove)


def present_forgotten(forgotten: Forgotten) -> dict[str, Any]:
    """What was removed, by month, as JSON."""
    items = [{"month": str(kept.month), "bytes": kept.size} for kept in forgotten.months]
    return {
        "items": items,
        "totalCount": len(items),
        "bytes": forgotten.size,
        "taskId": forgotten.task_id,
    }


def _months(connection: Connection, before: Instant) -> list[KeptMonth]:
    if not has_months(connection):
        raise ConflictError(
            "histories in SQLite stay for ever",
            hint="with PostgreSQL they are kept by month: see `tasktrail migrate-to`",
        )
    return removable_months(connection, before)


def _title(forgotten: Forgotten) -> str:
    first, last = forgotten.months[0].month, forgotten.months[-1].month
    span = str(first) if first == last else f"{first} to {last}"
    return f"Removed the histories of {span}, {forgotten.size} bytes"
