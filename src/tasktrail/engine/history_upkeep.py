"""Makes room for the histories of the months to come, and applies their retention."""

from __future__ import annotations

import asyncio
import logging

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.prune_history import HistoryPruning
from tasktrail.errors import StoreUnavailableError
from tasktrail.model.access import Actor
from tasktrail.model.month import Month, month_of, months_from
from tasktrail.store.history_months import has_months, make_months
from tasktrail.store.transaction import Transaction

FIRST_AFTER = 5.0
"""Seconds: an engine that only runs one task has no time for it."""
EVERY = 6 * 3600.0
BEFORE_NEXT_TRY = 60.0
"""Seconds, when it could not be done, such as while others read for long."""

_AHEAD = 2
"""Months beside this one."""

_log = logging.getLogger(__name__)


class HistoryUpkeep:
    """Keeps a table ready for this month and the next ones; what comes before there is one is kept
    all the same, and brought there. `age` is how many seconds histories are kept, None for ever."""

    def __init__(
        self, decisions: Decisions, pruning: HistoryPruning, keeper: Actor, age: float | None
    ) -> None:
        self._decisions = decisions
        self._pruning = pruning
        self._keeper = keeper
        self._age = age

    async def run(
        self,
        *,
        first_after: float = FIRST_AFTER,
        every: float = EVERY,
        before_next_try: float = BEFORE_NEXT_TRY,
    ) -> None:
        """Do both again and again; nothing where histories are not kept by month."""
        wait = first_after
        while True:
            await asyncio.sleep(wait)
            wait = every
            try:
                if not await self._by_month():
                    return
                await self.make_ahead()
                await self.prune()
            except StoreUnavailableError as error:
                _log.warning("histories were not looked after: %s", error)
                wait = before_next_try
            except Exception:  # noqa: BLE001 - decisions go on without it, and it is tried again
                _log.exception("histories were not looked after")

    async def make_ahead(self) -> list[Month]:
        """Make the tables of this month and the next ones; those that were not there.

        Raises:
            StoreUnavailableError: they were not made; others may have been in the way.
        """
        months = months_from(month_of(self._decisions.clock()), 1 + _AHEAD)

        def make(transaction: Transaction) -> list[Month]:
            return make_months(transaction.connection, months)

        return await self._decisions.store.write(make)

    async def prune(self) -> None:
        """Remove what is kept too long.

        Raises:
            StoreUnavailableError: nothing was removed.
        """
        if self._age is None:
            return
        gone = await self._pruning.prune(self._keeper, self._age)
        if gone.months:
            _log.info("removed the histories of %d months", len(gone.months))

    async def _by_month(self) -> bool:
        """Whether there is anything to do."""
        if await self._decisions.store.read(has_months):
            return True
        if self._age is not None:
            _log.warning("`retention.history` does nothing: histories in SQLite stay for ever")
        return False
