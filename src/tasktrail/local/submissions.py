"""Which tasks a short-lived engine has to see through before it may leave."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from tasktrail.local.log_shape import read_watched
from tasktrail.local.request import TaskFilter, WatchSelection
from tasktrail.local.shape import Accepted, TaskChanged, TaskList, read
from tasktrail.local.transport import JsonObject, Transport
from tasktrail.model.status import Status

_MAKES_A_TASK = frozenset({"submit", "rerun"})


class Submissions:
    """A transport that remembers the tasks that were submitted through it."""

    def __init__(self, operations: Transport) -> None:
        self._operations = operations
        self._open: set[int] = set()

    async def call(self, operation: str, arguments: JsonObject, /) -> object:
        """See `Transport.call`."""
        answer = await self._operations.call(operation, arguments)
        if operation in _MAKES_A_TASK:
            self._open.add(read(answer, Accepted).task_id)
        return answer

    def stream(self, operation: str, arguments: JsonObject, /) -> AsyncIterator[object]:
        """See `Transport.stream`."""
        return self._operations.stream(operation, arguments)

    async def ended(self, waiting_for: Callable[[int], None]) -> None:
        """Return when nothing is left to see through.

        That is every task submitted here, whatever these have spawned, and whatever else runs at
        that moment (tasks that waited for an engine when this one started). `waiting_for` is told
        each task that has to be waited for.
        """
        while waiting := self._open or await self._running():
            for task_id in sorted(waiting):
                self._open |= await self._see_through(task_id, waiting_for)
                self._open.discard(task_id)

    async def _see_through(self, task_id: int, waiting_for: Callable[[int], None]) -> set[int]:
        """The tasks that the task had spawned when it ended."""
        spawned: set[int] = set()
        said = False
        wanted = WatchSelection(id=task_id).arguments()
        async for item in self._operations.stream("watch", wanted):
            changed = read_watched(item)
            if isinstance(changed, TaskChanged):
                spawned = set(changed.task.spawned_task_ids)
                if not (said or changed.task.status.final):
                    said = True
                    waiting_for(task_id)
        return spawned

    async def _running(self) -> set[int]:
        wanted = TaskFilter(statuses=(Status.IN_PROGRESS, Status.CANCELING), page_size=100)
        answer = await self._operations.call("tasks", wanted.arguments())
        return {task.id for task in read(answer, TaskList).items}
