"""The tasks that an engine has to bring to their end."""

from __future__ import annotations

import asyncio

from tasktrail.model.task import Task


class LiveTasks:
    """Knows which tasks have not ended, as decisions tell."""

    def __init__(self) -> None:
        self._ids: set[int] = set()
        self._none = asyncio.Event()
        self._none.set()

    @property
    def ids(self) -> frozenset[int]:
        """All of them."""
        return frozenset(self._ids)

    def follow(self, task: Task) -> None:
        """Take note of how a task stands."""
        if not task.status.final:
            self._ids.add(task.id)
            self._none.clear()
        else:
            self._ids.discard(task.id)
            if not self._ids:
                self._none.set()

    async def all_ended(self) -> None:
        """Return once there is none."""
        await self._none.wait()
