"""Tasks of which it is not known whether a decision about them was kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection

from tasktrail.actions.decisions import Decisions
from tasktrail.errors import NotFoundError, StoreUnavailableError

FIRST_WAIT = 0.1
LONGEST_WAIT = 5.0
LONGEST_DOUBT = 60.0
"""Seconds after which a task that is not there was not kept."""

_log = logging.getLogger(__name__)


class DoubtfulTasks:
    """Has everybody told how they really stand, once the store answers again.

    A database may make a decision durable and only lose its answer: then nobody was told, and an
    engine, a timer or a watcher would wait for ever.
    """

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions
        self._since: dict[int, float] = {}
        """When each of the tasks came to be doubted, by the clock of the event loop."""
        self._telling: asyncio.Task[None] | None = None

    def add(self, task_ids: Collection[int]) -> None:
        """Look after these tasks, too."""
        loop = asyncio.get_running_loop()
        self._since |= dict.fromkeys(task_ids, loop.time())
        if self._since and self._telling is None:
            self._telling = loop.create_task(self._tell_all())

    async def aclose(self) -> None:
        """Leave what is left to the next start."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.wait([self._telling])

    async def _tell_all(self) -> None:
        wait = FIRST_WAIT
        while self._since:
            for task_id in sorted(self._since):
                if await self._told(task_id):
                    del self._since[task_id]
            if self._since:
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
        self._telling = None

    async def _told(self, task_id: int) -> bool:
        """Whether nothing is left to be told about a task."""
        try:
            await self._decisions.make(lambda ledger: ledger.show_all(task_id))
        except StoreUnavailableError:
            return False
        except NotFoundError:
            # Either it was not kept, or the server still has the commit before it.
            return asyncio.get_running_loop().time() - self._since[task_id] > LONGEST_DOUBT
        except Exception:  # noqa: BLE001 - it is logged, and the others are still to be told
            _log.exception("nobody was told how task %s stands", task_id)
        return True
