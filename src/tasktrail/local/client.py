"""The typed client of the operations: what the command line talks to."""

from __future__ import annotations

from collections.abc import AsyncIterator

from tasktrail.local.backup_shape import BackupItem, read_backup_item
from tasktrail.local.log_shape import (
    LogBeginnings,
    LogItem,
    LogNames,
    RawBytes,
    SearchItem,
    WatchedItem,
    read_log_item,
    read_search_item,
    read_watched,
)
from tasktrail.local.request import (
    Backup,
    Checkup,
    DefinitionSelection,
    HistoryPruning,
    LogBeginning,
    LogSearch,
    LogSelection,
    Pruning,
    Recording,
    Request,
    Submission,
    TaskDeed,
    TaskFilter,
    TaskSelection,
    WatchSelection,
)
from tasktrail.local.shape import Accepted, read
from tasktrail.local.transport import JsonObject, Transport


class Client:
    """Every operation by name. Answers that are shown are given as JSON, to be `read` as a shape.

    Every method raises `RefusedError` for what cannot be done and `ConnectionLostError` when the
    engine went away.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def submit(self, submission: Submission) -> int:
        """Submit a task; the id of the new task."""
        return await self._change("submit", submission)

    async def record(self, recording: Recording) -> int:
        """Record an immediate task; its id."""
        return await self._change("record", recording)

    async def cancel(self, deed: TaskDeed) -> int:
        """Ask for a cancel; with `force` without grace and clean-up steps. The task's id."""
        return await self._change("cancel", deed)

    async def rerun(self, deed: TaskDeed) -> int:
        """Run a task again; with `force` user errors are warnings. The id of the new task."""
        return await self._change("rerun", deed)

    async def tasks(self, wanted: TaskFilter) -> JsonObject:
        """A page of tasks: a `TaskList`."""
        return await self._object("tasks", wanted.arguments())

    async def task(self, wanted: TaskSelection) -> JsonObject:
        """One `Task`."""
        return await self._object("task", wanted.arguments())

    async def history(self, wanted: TaskSelection) -> JsonObject:
        """The `History` of a task."""
        return await self._object("history", wanted.arguments())

    async def definitions(self) -> JsonObject:
        """The catalog: a `DefinitionList`."""
        return await self._object("definitions", {})

    async def definition(self, wanted: DefinitionSelection) -> JsonObject:
        """One `Definition` with its jobs.

        Raises:
            DefinitionError: it has problems; the exception holds all of them.
        """
        return await self._object("definition", wanted.arguments())

    async def doctor(self, wanted: Checkup) -> list[JsonObject]:
        """What is known about the installation and the data directory: a list of `Fact`."""
        return read(await self._transport.call("doctor", wanted.arguments()), list[JsonObject])

    async def prune_logs(self, wanted: Pruning) -> JsonObject:
        """Remove finished logs, or with `dry_run` say which: a `PrunedLogs`."""
        return await self._object("pruneLogs", wanted.arguments())

    async def prune_history(self, wanted: HistoryPruning) -> JsonObject:
        """Remove histories, or with `dry_run` say which: a `ForgottenMonths`."""
        return await self._object("pruneHistory", wanted.arguments())

    async def identity(self, operation: str, wanted: Request) -> JsonObject:
        """Do one of the `IdentityOperations`."""
        return await self._object(operation, wanted.arguments())

    async def backup(self, wanted: Backup) -> AsyncIterator[BackupItem]:
        """Copy everything; how far that is, and last what was made."""
        async for item in self._transport.stream("backup", wanted.arguments()):
            yield read_backup_item(item)

    async def watch(self, wanted: WatchSelection) -> AsyncIterator[WatchedItem]:
        """Follow a task until it has ended and, with `logs`, all its lines were given."""
        async for item in self._transport.stream("watch", wanted.arguments()):
            yield read_watched(item)

    async def logs(self, wanted: LogSelection) -> AsyncIterator[LogItem]:
        """What is in the logs, in the order of their lines; with `follow` as it comes."""
        async for item in self._transport.stream("logs", wanted.arguments()):
            yield read_log_item(item)

    async def log_beginnings(self, wanted: LogSelection) -> tuple[LogBeginning, ...]:
        """Where in the logs that there are the wanted lines begin, as things stand."""
        answer = await self._transport.call("logBeginnings", wanted.arguments())
        return read(answer, LogBeginnings).logs

    async def raw_log(self, wanted: LogSelection) -> AsyncIterator[bytes]:
        """What the processes of one attempt have written, byte by byte."""
        async for item in self._transport.stream("rawLog", wanted.arguments()):
            yield read(item, RawBytes).data

    async def search(self, wanted: LogSearch) -> AsyncIterator[SearchItem]:
        """What is found in the logs, as it is found; with `count` a `HitCount` for each log."""
        async for item in self._transport.stream("search", wanted.arguments()):
            yield read_search_item(item)

    async def log_names(self, wanted: LogSelection) -> LogNames:
        """Which logs there are, to read them without these operations."""
        return read(await self._transport.call("logNames", wanted.arguments()), LogNames)

    async def _change(self, operation: str, request: Submission | Recording | TaskDeed) -> int:
        answer = await self._transport.call(operation, request.arguments())
        return read(answer, Accepted).task_id

    async def _object(self, operation: str, arguments: JsonObject) -> JsonObject:
        return read(await self._transport.call(operation, arguments), JsonObject)
