"""Applies the retention of logs once a day."""

from __future__ import annotations

import asyncio
import logging

from tasktrail.actions.prune_logs import LogPruning
from tasktrail.errors import LogStoreError, StoreUnavailableError
from tasktrail.model.access import Actor
from tasktrail.model.retention import Retention

FIRST_AFTER = 600.0
"""Seconds: an engine that only runs one task has no time for it."""
EVERY = 86400.0

_log = logging.getLogger(__name__)


async def keep_logs(
    pruning: LogPruning,
    keeper: Actor,
    retention: Retention,
    *,
    first_after: float = FIRST_AFTER,
    every: float = EVERY,
) -> None:
    """Prune again and again, as `keeper`; also erase what an interrupted prune has left."""
    wait = first_after
    while True:
        await asyncio.sleep(wait)
        wait = every
        try:
            pruned = await pruning.prune(keeper, retention)
        except (LogStoreError, StoreUnavailableError, OSError) as error:
            _log.warning("old logs could not be removed: %s", error)
        else:
            if pruned.logs:
                _log.info("removed %d logs, %d bytes", len(pruned.logs), pruned.size)
