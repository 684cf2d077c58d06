"""Tasks of which it is not known whether a decision about them was kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection

from tasktrail.actions.decisions import Decisions
from tasktrail.errors import NotFoundError, StoreUnavailableError

FIRST_WAIT = 0.1
LONGEST_WAIT = 5.0

_log = logging.getLogger(__name__)


class DoubtfulTasks:
    """Has everybody told how they really stand, once the store answers again.

    A database may make a decision durable and only lose its answer: then nobody was told, and an
    engine, a timer or a watcher would wait for ever.
    """

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions
        self._ids: set[int] = set()
        self._telling: asyncio.Task[None] | None = None

    def add(self, task_ids: Collection[int]) -> None:
        """Look after these tasks, too."""
        self._ids.update(task_ids)
        if self._ids and self._telling is None:
            self._telling = asyncio.get_running_loop().create_task(self._tell())

    async def aclose(self) -> None:
        """Leave what is left to the next start."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.wait([self._telling])

    async def _tell(self) -> None:
        wait = FIRST_WAIT
        while self._ids:
            task_id = min(self._ids)
            try:
                await self._decisions.make(lambda ledger, one=task_id: ledger.show_all(one))
            except StoreUnavailableError:
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
                continue
            except NotFoundError:
                pass  # it was not kept
            except Exception:  # noqa: BLE001 - it is logged, and the others are still to be told
                _log.exception("nobody was told how task %s stands", task_id)
            self._ids.discard(task_id)
        self._telling = None
