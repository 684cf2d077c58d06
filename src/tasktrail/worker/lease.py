"""For how long a worker may take a job for its own."""

from __future__ import annotations

import time
from collections.abc import Callable

HEARTBEAT = 1.0
"""Seconds between two signs of life."""

LEASE = 8.0
"""Seconds after the last sign of life that was heard for which a job is surely nobody else's: the
heartbeat timeout is ten, and it takes a moment to end all processes of a job."""


def boot_time() -> float:
    """Seconds that pass also while this process, or the whole machine, is stopped."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Lease:
    """Begins when a job is given, and is prolonged by every sign of life that was heard."""

    def __init__(self, clock: Callable[[], float] = boot_time, length: float = LEASE) -> None:
        self._clock = clock
        self._length = length
        self._since = clock()

    def now(self) -> float:
        """The moment at which a sign of life is given."""
        return self._clock()

    def prolong(self, given_at: float) -> None:
        """A sign of life that was given at `given_at` was heard."""
        self._since = max(self._since, given_at)

    @property
    def expired(self) -> bool:
        """Whether somebody else may have the job by now."""
        return self._clock() - self._since > self._length
