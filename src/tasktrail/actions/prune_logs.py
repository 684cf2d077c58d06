"""Removing the logs that are kept too long or take too much, and recording that (M11)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.identity.require import require
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.log_erasure import LogErasure
from tasktrail.actions.record import Recording, enter_record
from tasktrail.failpoints import Failpoint, reach
from tasktrail.logs.place import LogPlace
from tasktrail.model.access import Actor
from tasktrail.model.instant import to_rfc3339
from tasktrail.model.permission import Permission
from tasktrail.model.retention import KeptLog, Retention, expired
from tasktrail.store.log_places import kept_logs, note_removed
from tasktrail.store.store import Connection

DEFINITION = "logs.prune"
"""The name of the tasks that say what was removed."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """The logs that were removed, or would be, and the task that says so (None: nothing was)."""

    logs: tuple[KeptLog, ...]
    task_id: int | None = None

    @property
    def size(self) -> int:
        """Bytes that they took, as they were stored."""
        return sum(log.size for log in self.logs)


class LogPruning:
    """Applies retention to the logs of one organization.

    Tasks that have not ended are never touched, and of those that have only the logs: records and
    histories stay. What is to go is recorded first, in one transaction with the task that says so,
    and erased then; a kill between leaves the rest to `erase_all` of the next time.
    """

    def __init__(self, decisions: Decisions, place: LogPlace, erasure: LogErasure) -> None:
        self._decisions = decisions
        self._place = place
        self._erasure = erasure
        self._one_at_a_time = asyncio.Lock()

    async def plan(self, actor: Actor, retention: Retention) -> Pruned:
        """What `prune` would remove now.

        Raises:
            NotAllowedError: the actor may not remove logs.
        """
        require(actor, Permission.PRUNE_LOGS)
        organization_id = actor.organization_id
        now = self._decisions.clock()

        def chosen(connection: Connection) -> list[KeptLog]:
            return expired(self._measured(kept_logs(connection, organization_id)), retention, now)

        return Pruned(tuple(await self._decisions.store.read(chosen)))

    async def prune(self, actor: Actor, retention: Retention) -> Pruned:
        """Remove what `retention` does not let stay.

        Raises:
            NotAllowedError: the actor may not.
            LogStoreError: a store cannot be reached; what is in it is erased the next time.
            StoreUnavailableError: nothing was kept.
        """
        async with self._one_at_a_time:
            found = await self.plan(actor, retention)
            task_id = None
            if found.logs:
                task_id = await self._decisions.make(
                    lambda ledger: _record_removal(ledger, actor, found)
                )
                reach(Failpoint.LOG_PRUNE_RECORDED)
            await self._erasure.erase_all()
            return Pruned(found.logs, task_id)

    def _measured(self, logs: Iterable[KeptLog]) -> Iterator[KeptLog]:
        """With the size of those that are files here."""
        for log in logs:
            size = log.size
            if not size:
                with suppress(FileNotFoundError):
                    path = self._place.path(log.task_id, log.step_id, log.attempt)
                    size = path.stat().st_size
            yield log._replace(size=size)


def _record_removal(ledger: Ledger, actor: Actor, found: Pruned) -> int:
    tasks = len({log.task_id for log in found.logs})
    title = f"Removed {len(found.logs)} logs of {tasks} tasks, {found.size} bytes"
    task_id = enter_record(ledger, actor, Recording(name=DEFINITION, title=title))
    note_removed(ledger.transaction.connection, found.logs, at=ledger.now, by_task=task_id)
    return task_id


def present_pruned(pruned: Pruned) -> dict[str, Any]:
    """What was removed, by task, as JSON."""
    items = [
        {
            "taskId": task_id,
            "endedAt": to_rfc3339(some[0].ended_at),
            "logs": len(some),
            "bytes": sum(log.size for log in some),
        }
        for task_id, some in (
            (task_id, list(logs))
            for task_id, logs in groupby(pruned.logs, key=lambda log: log.task_id)
        )
    ]
    return {
        "items": items,
        "totalCount": len(items),
        "logs": len(pruned.logs),
        "bytes": pruned.size,
        "taskId": pruned.task_id,
    }
