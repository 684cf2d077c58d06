"""The logs of a task on a server: ranges of lines, searches, and what the processes wrote."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import Any

from tasktrail.client.api import Api
from tasktrail.client.log_blocks import found_blocks, hit_counts, line_block
from tasktrail.client.selected_logs import LogName, RemoteLog, selected_logs
from tasktrail.errors import ConflictError, InvalidInputError
from tasktrail.local import request
from tasktrail.local.arguments import read_arguments
from tasktrail.local.shape import Task, read
from tasktrail.local.transport import JsonObject

POLL = 0.4
"""Seconds between two looks at a task that is followed (rest-contract.md: clients poll)."""

_MOST_HITS = 1000


class RemoteLogs:
    """Reads logs by ranges, as many lines as one answer holds at a time."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def lines(self, arguments: JsonObject) -> AsyncGenerator[object]:
        """See the operation `logs`."""
        wanted = read_arguments(arguments, request.LogSelection)
        if wanted.follow and wanted.last is not None:
            raise InvalidInputError("a log is followed to its end, not to some line")
        task = await self.task(wanted.id)
        if not (wanted.follow and not task.status.final):
            _check_attempt(task, wanted)
        follower = LogFollower(self, wanted)
        follower.begin_at(
            {(one.step_id, one.attempt): one.line for one in wanted.begins}
            if wanted.begins is not None
            else await self._tail_beginnings(task, wanted)
        )
        async for block in follower.news(task):
            yield block
        while wanted.follow and not task.status.final:
            await asyncio.sleep(POLL)
            task = await self.task(wanted.id, patient=True)
            async for block in follower.news(task):
                yield block

    async def beginnings(self, arguments: JsonObject) -> object:
        """See the operation `logBeginnings`."""
        wanted = read_arguments(arguments, request.LogSelection)
        task = await self.task(wanted.id)
        if not (wanted.follow and not task.status.final):
            _check_attempt(task, wanted)
        found = await self._tail_beginnings(task, wanted)
        if wanted.tail is None:
            for log in selected_logs(task, wanted):
                part = await self.part(log, wanted.first, None, wanted.since)
                lines = part["lines"]
                found[log.name] = lines[0]["line"] if lines else part["lineCount"] + 1
        return {
            "logs": [
                {"stepId": step_id, "attempt": attempt, "line": line}
                for (step_id, attempt), line in found.items()
            ]
        }

    async def raw(self, arguments: JsonObject) -> AsyncGenerator[object]:
        """See the operation `rawLog`: the text of the log, line by line."""
        wanted = read_arguments(arguments, request.LogSelection)
        task = await self.task(wanted.id)
        _check_attempt(task, wanted)
        logs = selected_logs(task, wanted)
        if len(logs) > 1:
            raise ConflictError(
                f"task {wanted.id} has the logs of {len(logs)} steps, and raw bytes are of one",
                hint=f"choose one of: {', '.join(f'{log.job}/{log.step}' for log in logs)}",
            )
        for log in logs:
            path = f"task-steps/{log.step_id}/raw-log?attempt={log.attempt}"
            async with self._api.text(path) as response:
                async for chunk in response.aiter_bytes():
                    yield {"type": "bytes", "data": chunk}

    async def search(self, arguments: JsonObject) -> AsyncGenerator[object]:
        """See the operation `search`. A server gives the first thousand lines."""
        wanted = read_arguments(arguments, request.LogSearch)
        answer = await self._api.get(
            f"tasks/{wanted.id}/logs/search",
            {
                "q": wanted.text,
                "regex": wanted.regex,
                "ignoreCase": wanted.ignore_case,
                "context": 0 if wanted.count else wanted.context,
                "limit": _MOST_HITS,
                "job": wanted.job,
                "step": wanted.step,
                "attempt": wanted.attempt,
            },
        )
        if answer["truncated"]:
            raise ConflictError(
                f"more than {_MOST_HITS} lines are found", hint="look for something rarer"
            )
        for item in hit_counts(answer["items"]) if wanted.count else found_blocks(answer["items"]):
            yield item

    async def task(self, task_id: int, *, patient: bool = False) -> Task:
        """The task as it stands."""
        return read(await self._api.get(f"tasks/{task_id}", patient=patient), Task)

    async def part(
        self,
        log: RemoteLog,
        first: int | None,
        last: int | None,
        since: str | None = None,
        *,
        patient: bool = False,
    ) -> dict[str, Any]:
        """Lines `first` to `last` of a log, or as many as one answer holds."""
        return await self._api.get(
            f"task-steps/{log.step_id}/log",
            {"from": first, "to": last, "attempt": log.attempt, "since": since},
            patient=patient,
        )

    async def _tail_beginnings(
        self, task: Task, wanted: request.LogSelection
    ) -> dict[LogName, int]:
        """The first line that is wanted of each log, where the last ones of all are."""
        logs = selected_logs(task, wanted)
        if wanted.tail is None:
            return {}
        counts = [(await self.part(log, -1, None))["lineCount"] for log in logs]
        begins: dict[LogName, int] = {}
        left = wanted.tail
        for log, count in reversed(list(zip(logs, counts, strict=True))):
            taken = min(left, count)
            begins[log.name] = count - taken + 1
            left -= taken
        return begins


def _check_attempt(task: Task, wanted: request.LogSelection) -> None:
    if wanted.attempt is not None and not selected_logs(task, wanted):
        raise wanted.without_attempt()


class LogFollower:
    """Gives what is new in the logs of a task each time that it is shown the task."""

    def __init__(self, logs: RemoteLogs, wanted: request.LogSelection) -> None:
        self._logs = logs
        self._wanted = wanted
        self._next: dict[LogName, int] = {}
        self._complete: set[LogName] = set()

    def begin_at(self, first: dict[LogName, int]) -> None:
        """Leave out the lines before these."""
        self._next |= first

    async def news(self, task: Task) -> AsyncGenerator[object]:
        """Blocks of lines that were not there before."""
        for log in self._due(task):
            ended = log.ended or task.status.final
            async for block in self._rest(log):
                yield block
            if ended:
                self._complete.add(log.name)

    def _due(self, task: Task) -> Iterator[RemoteLog]:
        """The logs with lines that are not known yet, in the order of the plan."""
        for log in selected_logs(task, self._wanted, earlier=self._next):
            if log.name not in self._complete:
                yield log

    async def _rest(self, log: RemoteLog) -> AsyncGenerator[object]:
        wanted = self._wanted
        begun = log.name in self._next
        first = self._next[log.name] if begun else wanted.first
        since = None if begun else wanted.since
        while True:
            part = await self._logs.part(log, first, wanted.last, since, patient=wanted.follow)
            if part["lines"]:
                yield line_block(log, part["lines"])
                self._next[log.name] = part["lines"][-1]["line"] + 1
            elif log.name not in self._next:
                self._next[log.name] = part["lineCount"] + 1
            first, since = part["nextFrom"], None
            if first is None:
                return
