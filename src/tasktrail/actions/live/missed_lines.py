"""Lines that followers have missed. What many want at the same time is read and encoded once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing

from tasktrail.actions.live.event_text import encoded
from tasktrail.actions.live.line_event import lines_content
from tasktrail.actions.live.task_position import LogKey
from tasktrail.actions.log_block import AttemptLog, next_line
from tasktrail.actions.logs import LogReading
from tasktrail.logs.line_range import Extent

_LINES = 2000
"""Parts end at multiples of it, or earlier if their text is long: whoever comes from the same place
wants the same parts."""

_KEPT = 16
"""Parts; each has some hundred KiB."""

_Part = tuple[int, bytes] | None
"""The number of the line after it, and the data of its event; None where there are no lines."""


class MissedLines:
    """The logs of one task, for those who come late."""

    def __init__(self, logs: LogReading, task_id: int) -> None:
        self._logs = logs
        self._task_id = task_id
        self._parts: OrderedDict[tuple[LogKey, Extent], asyncio.Future[_Part]] = OrderedDict()

    async def read(self, log: AttemptLog, extent: Extent) -> AsyncGenerator[tuple[int, bytes]]:
        """The lines of `extent` that are there, part by part."""
        start, end = extent
        while end is None or start <= end:
            last = -(-start // _LINES) * _LINES
            part = await self._part(log, Extent(start, last if end is None else min(last, end)))
            if part is None:
                return
            yield part
            start, _ = part

    async def _part(self, log: AttemptLog, extent: Extent) -> _Part:
        key = (log.step_id, log.attempt), extent
        loading = self._parts.get(key)
        if loading is None or (loading.done() and not _loaded(loading)):
            loading = self._parts[key] = asyncio.ensure_future(self._load(log, extent))
            if len(self._parts) > _KEPT:
                self._parts.popitem(last=False)
        # Who leaves while it is loaded takes it from nobody else.
        return await asyncio.shield(loading)

    async def _load(self, log: AttemptLog, extent: Extent) -> _Part:
        async with aclosing(self._logs.read(self._task_id, {log: extent})) as blocks:
            async for block in blocks:
                return next_line(block), encoded(lines_content(block))
        return None


def _loaded(loading: asyncio.Future[_Part]) -> bool:
    return not loading.cancelled() and loading.exception() is None
