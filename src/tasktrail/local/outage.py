"""What is done while the other end is away: it is looked for, for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tasktrail.errors import (
    ConnectionLostError,
    ServerUnreachableError,
    StoreUnavailableError,
    TasktrailError,
    TooManyRequestsError,
)

MAY_PASS: tuple[type[TasktrailError], ...] = (
    ConnectionLostError,
    ServerUnreachableError,
    StoreUnavailableError,
    TooManyRequestsError,
)
"""What whoever follows something sits out: nothing was refused for good."""

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0


class Outage:
    """Counts the time since a connection was lost, and tells once that it was, and that it is back.

    Attributes:
        say: told of both.
    """

    def __init__(self, patience: float, say: Callable[[str], None] = lambda _: None) -> None:
        """`patience` is for how many seconds the other end is looked for."""
        self.say = say
        self._patience = patience
        self._lost: TasktrailError | None = None
        self._until = 0.0
        self._pause = _FIRST_PAUSE

    async def wait(self, error: TasktrailError) -> None:
        """Return when it is time for the next try.

        Raises:
            TasktrailError: what the outage began with, once it has lasted too long.
        """
        now = asyncio.get_running_loop().time()
        if self._lost is None:
            self._lost, self._until, self._pause = error, now + self._patience, _FIRST_PAUSE
            if self._patience:
                first, *_ = str(error).splitlines()
                self.say(f"Connection lost: {first}. Trying again for {self._patience:g} s.")
        if now >= self._until:
            raise self._lost
        await asyncio.sleep(min(self._pause, self._until - now))
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    def over(self) -> None:
        """The other end answers (still, or again)."""
        if self._lost is not None:
            self._lost = None
            self.say("Connected again.")
