"""Everybody who follows something at the moment, and whether they still may."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.exceptions import HTTPException

from tasktrail.actions.identity.identification import Identification
from tasktrail.errors import TasktrailError, TooManyRequestsError
from tasktrail.model.access import Actor
from tasktrail.model.caller import Caller

BETWEEN_CHECKS = 3.0
"""Seconds; with the time of a check it stays below the 5 s after which who has lost access is cut
off. What is changed by this process is looked at once."""

MOST_FOLLOWERS = 2000
MOST_OF_ONE = 200
"""Of one credential."""

_COME_BACK = 5

_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Seat:
    """Somebody who follows something.

    Attributes:
        identify: finds the caller again, with the rights of that moment.
        permits: whether an actor may still see what is followed as it was seen.
        cut: set when the follower has to be cut off.
    """

    caller: Caller
    identify: Callable[[], Awaitable[Caller]]
    permits: Callable[[Actor], bool]
    cut: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def group(self) -> tuple[str, int]:
        """Who shares it is the same caller."""
        return self.caller.credential, self.caller.actor.organization_id


class Attendance:
    """Knows all followers, limits their number, and cuts off who has lost access; all of them, as
    soon as `closing` is set."""

    def __init__(
        self,
        identification: Identification,
        closing: asyncio.Event,
        *,
        most: int = MOST_FOLLOWERS,
        most_of_one: int = MOST_OF_ONE,
        between_checks: float = BETWEEN_CHECKS,
    ) -> None:
        self._closing = closing
        self._most = most
        self._most_of_one = most_of_one
        self._between_checks = between_checks
        self._seats: dict[tuple[str, int], dict[Seat, None]] = {}
        self._credentials: Counter[str] = Counter()
        self._changed = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None
        identification.subscribe(self._changed.set)

    @property
    def count(self) -> int:
        """Everybody who follows something."""
        return self._credentials.total()

    def take(self, seat: Seat) -> None:
        """Have somebody follow.

        Raises:
            TooManyRequestsError: there are too many followers with this credential.
            HTTPException: there are too many in all, or the server is leaving.
        """
        credential = seat.caller.credential
        if self._credentials[credential] >= self._most_of_one:
            raise TooManyRequestsError(
                f"not more than {self._most_of_one} streams with one key or session",
                retry_after=_COME_BACK,
            )
        if self.count >= self._most or self._closing.is_set():
            raise HTTPException(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "there are too many streams at the moment",
                {"Retry-After": str(_COME_BACK)},
            )
        self._credentials[credential] += 1
        self._seats.setdefault(seat.group, {})[seat] = None
        if self._watching is None or self._watching.done():
            self._watching = asyncio.ensure_future(self._watch())

    def leave(self, seat: Seat) -> None:
        """Somebody follows no more."""
        seats = self._seats.get(seat.group)
        if seats is None or seat not in seats:
            return
        del seats[seat]
        if not seats:
            del self._seats[seat.group]
        credential = seat.caller.credential
        self._credentials[credential] -= 1
        if not self._credentials[credential]:
            del self._credentials[credential]

    async def _watch(self) -> None:
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            while self._seats:
                changed = asyncio.ensure_future(self._changed.wait())
                await asyncio.wait(
                    (closing, changed),
                    timeout=self._between_checks,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                changed.cancel()
                self._changed.clear()
                if self._closing.is_set():
                    self._cut_all()
                    return
                for group in list(self._seats):
                    await self._check(group)
        finally:
            closing.cancel()

    async def _check(self, group: tuple[str, int]) -> None:
        """Cut off who may not follow any more. Whom nobody can vouch for may not."""
        seats = list(self._seats.get(group, ()))
        if not seats:
            return
        try:
            actor = (await seats[0].identify()).actor
        except TasktrailError:
            actor = None
        except Exception:  # noqa: BLE001 - it is logged, and the others are still to be checked
            _log.exception("nobody knows whether %s may still follow", group[0])
            actor = None
        for seat in seats:
            if actor is None or not seat.permits(actor):
                seat.cut.set()

    def _cut_all(self) -> None:
        for seats in self._seats.values():
            for seat in seats:
                seat.cut.set()
