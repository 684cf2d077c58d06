"""Brings logs to their end that were closed, or should have been, and removes their chunks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from tasktrail.engine.chunk_merging import ChunkMerging
from tasktrail.engine.log_joining import LogJoining
from tasktrail.engine.stored_log_intake import StoredLogIntake
from tasktrail.errors import LogStoreError, StoreUnavailableError
from tasktrail.logs.place import LogName
from tasktrail.model.instant import Instant, after
from tasktrail.model.live_log import LiveLog

EVERY = 15.0
LINGER = 120.0
"""Seconds that the chunks of a closed log stay: somebody may be reading them."""
ABANDONED = 900.0
"""Seconds after the end of an attempt until its log is closed, if nobody else has done so: a worker
may have been cut off with the rest of it."""

_log = logging.getLogger(__name__)


class LiveLogUpkeep:
    """Does what a kill, a store that was away or a worker that is gone has left to do, and keeps
    the chunks of long logs few."""

    def __init__(
        self,
        intake: StoredLogIntake,
        joining: LogJoining,
        merging: ChunkMerging,
        clock: Callable[[], Instant],
    ) -> None:
        self._intake = intake
        self._merging = merging
        self._joining = joining
        self._clock = clock

    async def run(self, *, every: float = EVERY) -> None:
        """Do it again and again."""
        while True:
            await asyncio.sleep(every)
            try:
                await self.settle_all()
                await self._merging.merge_all()
            except (LogStoreError, StoreUnavailableError) as error:
                _log.warning("logs of workers were not looked after: %s", error)
            except Exception:  # noqa: BLE001 - it is tried again
                _log.exception("logs of workers were not looked after")

    async def settle_all(self, *, linger: float = LINGER, abandoned: float = ABANDONED) -> None:
        """Do all that there is to do now.

        Raises:
            LogStoreError: a store cannot be reached; what is not there was looked after.
            StoreUnavailableError: the records cannot be read or written.
        """
        now = self._clock()
        problem: LogStoreError | None = None
        for log in await self._joining.unsettled(after(now, -linger), after(now, -abandoned)):
            try:
                await self._settle(log)
            except LogStoreError as error:
                problem = error
        if problem is not None:
            raise problem

    async def _settle(self, log: LiveLog) -> None:
        if log.closed_at is None:
            await self._intake.settle(LogName(log.task_id, log.step_id, log.attempt))
        elif await self._joining.kept(log):
            await self._joining.forget(log)
        else:
            await self._joining.join(log)
