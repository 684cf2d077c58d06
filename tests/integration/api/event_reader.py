"""Reads server-sent events as browsers do."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from integration.api.api_bench import ApiBench


@dataclass(frozen=True)
class Event:
    """What a client gets."""

    kind: str
    id: str
    data: Any


class EventReader:
    """The events of one answer, one after the other; None at its end."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def next(self) -> Event | None:
        fields: dict[str, str] = {}
        async for line in self._lines:
            if not line and "data" in fields:
                return Event(fields["event"], fields["id"], json.loads(fields["data"]))
            name, _, value = line.partition(":")
            if name:
                fields[name] = value.removeprefix(" ")
        return None

    async def of(self, kind: str) -> Event:
        """The next one of that kind."""
        async for event in self:
            if event.kind == kind:
                return event
        raise AssertionError(f"the stream ended without {kind!r}")

    async def some(self, count: int) -> list[Event]:
        """The next ones, less at the end."""
        events: list[Event] = []
        while len(events) < count and (event := await self.next()) is not None:
            events.append(event)
        return events

    async def rest(self) -> list[Event]:
        return [event async for event in self]

    async def __aiter__(self) -> AsyncIterator[Event]:
        while (event := await self.next()) is not None:
            yield event


@asynccontextmanager
async def followed(
    api: ApiBench, path: str, role: str = "owner", *, after: str = "", key: str | None = None
) -> AsyncGenerator[EventReader]:
    """The events at `path`, after the one with the id `after`."""
    headers = {"X-API-KEY": key or api.keys[role]}
    if after:
        headers["Last-Event-ID"] = after
    async with api.client.stream("GET", path, headers=headers) as answer:
        if answer.status_code not in (200, 204):
            await answer.aread()
        yield EventReader(answer)


def lines_of(events: list[Event]) -> dict[tuple[int, int], list[str]]:
    """The messages of each log, in order; fails if a line is missing or comes twice."""
    found: dict[tuple[int, int], list[str]] = {}
    for event in events:
        if event.kind == "lines":
            lines = found.setdefault((event.data["stepId"], event.data["attempt"]), [])
            assert event.data["firstLine"] == len(lines) + 1
            lines += [line["message"] for line in event.data["lines"]]
    return found
