"""Jobs that could not be claimed: tried again after a while, so that none waits for a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0


class ClaimBackOff:
    """Says when a job is to be offered again.

    Such a claim fails for what is no fault of the store's: a record that cannot be read, a defect
    of ours. That may pass, and is seen until it does: each try is told in the log.
    """

    def __init__(self) -> None:
        self._waits: dict[int, float] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}

    def put_back(self, job_id: int, offer: Callable[[], None]) -> float:
        """Have a job offered again; returns in how many seconds: twice as many each time."""
        wait = self._waits.get(job_id, FIRST_WAIT)
        self.forget(job_id)
        self._waits[job_id] = min(2 * wait, LONGEST_WAIT)
        self._timers[job_id] = asyncio.get_running_loop().call_later(wait, offer)
        return wait

    def forget(self, job_id: int) -> None:
        """The job was claimed, or is not to be had any more."""
        if self._waits.pop(job_id, None) is not None:
            self._timers.pop(job_id).cancel()

    def close(self) -> None:
        """Offer nothing any more."""
        for job_id in list(self._waits):
            self.forget(job_id)
