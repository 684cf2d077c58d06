"""Passwords that were wrong: counted for each person, who is locked out by too many of them."""

from __future__ import annotations

import asyncio
import logging

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.ledger import Ledger
from tasktrail.errors import StoreUnavailableError
from tasktrail.model.instant import after
from tasktrail.store.identity.users import lock_user, note_failed_sign_in

_log = logging.getLogger(__name__)

FREE_FAILURES = 5
"""Sign-ins that may fail before a person is locked out."""

FIRST_LOCK, LONGEST_LOCK = 30.0, 900.0
"""Seconds of the first lock-out, and of the longest: each is twice as long as the one before."""


class FailedSignIns:
    """Counts beside the answer, which must not take longer for who is known here.

    They are no tasks: nobody is known to have tried.
    """

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions
        self._counting: set[asyncio.Task[None]] = set()

    def note(self, user_id: int) -> None:
        """Count one more of a person, soon."""
        counting = asyncio.ensure_future(self._count(user_id))
        self._counting.add(counting)
        counting.add_done_callback(self._counting.discard)

    async def settled(self) -> None:
        """Return when all so far are counted."""
        while self._counting:
            await asyncio.wait(self._counting)

    async def _count(self, user_id: int) -> None:
        def count(ledger: Ledger) -> int:
            connection = ledger.transaction.connection
            failures = note_failed_sign_in(connection, user_id)
            if failures >= FREE_FAILURES:
                lock_user(connection, user_id, after(ledger.now, lock_seconds(failures)))
            return failures

        try:
            failures = await self._decisions.make(count)
        except StoreUnavailableError as error:
            _log.warning("a failed sign-in of user %d was not counted: %s", user_id, error)
            return
        if failures >= FREE_FAILURES:
            _log.warning("user %d is locked out after %d failed sign-ins", user_id, failures)


def lock_seconds(failures: int) -> float:
    """For how long a person is locked out after so many failures."""
    return min(LONGEST_LOCK, FIRST_LOCK * 2.0 ** min(failures - FREE_FAILURES, 20))
