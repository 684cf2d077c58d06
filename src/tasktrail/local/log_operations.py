"""The operations on logs: reading, following, searching."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing

import msgspec

from tasktrail.actions.find_logs import FoundLogs, last_attempts
from tasktrail.actions.log_block import AttemptLog, name_log
from tasktrail.actions.log_search import SearchedLogs
from tasktrail.actions.logs import Extents, LogReading
from tasktrail.errors import ConflictError, InvalidInputError
from tasktrail.local import request
from tasktrail.local.arguments import read_arguments, read_instant
from tasktrail.local.log_shape import LogNames
from tasktrail.local.transport import JsonObject
from tasktrail.logs.line_range import Extent, LineRange
from tasktrail.logs.pattern import make_pattern
from tasktrail.model.log_placement import LogPlacement

_MOST_CONTEXT = 1000


Find = Callable[[request.LogSelection], Awaitable[FoundLogs]]
"""Raises `NotFoundError` for a task, job or step that there is not."""

Follow = Callable[[request.LogSelection, Extents], AsyncGenerator[JsonObject]]
"""What is written to the selected logs from now on, too."""


def present_names(
    found: FoundLogs, places: Mapping[tuple[int, int], LogPlacement]
) -> dict[str, object]:
    """Which logs there are, and where those that have moved are: a `LogNames`."""
    logs = [
        {
            **name_log(log),
            "ended": log.ended,
            "place": msgspec.to_builtins(places.get((log.step_id, log.attempt))),
        }
        for log in found.logs
    ]
    return {"logs": logs, "over": found.over}


class LogOperations:
    """Streams what is in logs. Without `following` there is nothing to follow."""

    def __init__(self, reading: LogReading, find: Find, following: Follow | None) -> None:
        self._reading = reading
        self._find = find
        self._following = following

    async def lines(self, arguments: JsonObject) -> AsyncGenerator[object]:
        """Blocks of lines."""
        wanted = read_arguments(arguments, request.LogSelection)
        if wanted.follow and wanted.last is not None:
            raise InvalidInputError("a log is followed to its end, not to some line")
        extents, over = await self._extents(wanted)
        if wanted.follow and not over and self._following is not None:
            blocks = self._following(wanted, extents)
        else:
            blocks = self._reading.read(wanted.id, extents)
        async with aclosing(blocks):
            async for block in blocks:
                yield block

    async def beginnings(self, arguments: JsonObject) -> object:
        """Where the wanted lines begin: a `LogBeginnings`."""
        extents, _ = await self._extents(read_arguments(arguments, request.LogSelection))
        logs = [
            request.LogBeginning(step_id=log.step_id, attempt=log.attempt, line=extent.start)
            for log, extent in extents.items()
        ]
        return {"logs": msgspec.to_builtins(logs)}

    async def raw(self, arguments: JsonObject) -> AsyncGenerator[object]:
        """The bytes of one log.

        Raises:
            ConflictError: there are several.
        """
        wanted = read_arguments(arguments, request.LogSelection)
        logs = _attempts(wanted, await self._find(wanted))
        if len(logs) > 1:
            raise ConflictError(
                f"task {wanted.id} has the logs of {len(logs)} steps, and raw bytes are of one",
                hint=f"choose one of: {', '.join(f'{log.job}/{log.step}' for log in logs)}",
            )
        for log in logs:
            async with aclosing(self._reading.raw(wanted.id, log)) as blocks:
                async for block in blocks:
                    yield block

    async def search(self, arguments: JsonObject) -> AsyncGenerator[object]:
        """Lines in which something was found, or how many there are."""
        wanted = read_arguments(arguments, request.LogSearch)
        if not 0 <= wanted.context <= _MOST_CONTEXT:
            raise InvalidInputError(f"the context of a hit is 0 to {_MOST_CONTEXT} lines")
        pattern = make_pattern(wanted.text, regex=wanted.regex, ignore_case=wanted.ignore_case)
        extents, _ = await self._extents(wanted)
        searched = SearchedLogs(self._reading, wanted.id, extents)
        found = searched.count(pattern) if wanted.count else searched.find(pattern, wanted.context)
        async with aclosing(found):
            async for block in found:
                yield block

    async def _extents(self, wanted: request.LogSelection) -> tuple[Extents, bool]:
        lines = LineRange(
            first=wanted.first, last=wanted.last, since=read_instant("since", wanted.since)
        )
        found = await self._find(wanted)
        if wanted.begins is not None:
            return _extents_from(wanted.begins, found.logs), found.over
        logs = _attempts(wanted, found)
        return await self._reading.extents(wanted.id, logs, lines, wanted.tail), found.over


class LogsOfNoEngine:
    """The operations on logs that are known by name: a `Transport` that owns no data directory."""

    def __init__(self, reading: LogReading, names: LogNames) -> None:
        self._names = names
        self._logs = LogOperations(reading, self._find, None)

    async def call(self, operation: str, arguments: JsonObject, /) -> object:
        """See `Transport.call`."""
        if operation == "logBeginnings":
            return await self._logs.beginnings(arguments)
        raise ConflictError(f"{operation} needs the records")

    def stream(self, operation: str, arguments: JsonObject, /) -> AsyncGenerator[object]:
        """See `Transport.stream`."""
        streams = {
            "logs": self._logs.lines,
            "rawLog": self._logs.raw,
            "search": self._logs.search,
        }
        return streams[operation](arguments)

    async def _find(self, _: request.LogSelection) -> FoundLogs:
        logs = [
            AttemptLog(log.step_id, log.attempt, log.job, log.step, log.ended)
            for log in self._names.logs
        ]
        return FoundLogs(logs, self._names.over)


def _extents_from(begins: Sequence[request.LogBeginning], logs: Sequence[AttemptLog]) -> Extents:
    """All from `begins` on: what is missing there began later."""
    lines = {(one.step_id, one.attempt): one.line for one in begins}
    first = {one.step_id: one.attempt for one in begins}
    return {
        log: Extent(lines.get((log.step_id, log.attempt), 1), None)
        for log in logs
        if log.attempt >= first.get(log.step_id, 1)
    }


def _attempts(wanted: request.LogSelection, found: FoundLogs) -> Sequence[AttemptLog]:
    """
    Raises:
        NotFoundError: an attempt was chosen that no step has had, nor will have.
    """
    if wanted.attempt is None:
        return last_attempts(found.logs)
    if not found.logs and (found.over or not wanted.follow):
        raise wanted.without_attempt()
    return found.logs
