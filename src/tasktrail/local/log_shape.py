"""What is read of logs, as it travels: many lines in one object, since a log may have millions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from tasktrail.errors import ConnectionLostError
from tasktrail.local.request import LogBeginning
from tasktrail.local.shape import LogLine, Shape, TaskChanged
from tasktrail.model.log_placement import LogPlacement


class LogName(Shape, frozen=True, kw_only=True, rename="camel"):
    """Names the log of an attempt. Once it `ended`, all of the log is there, or at `place`."""

    job: str
    step: str
    step_id: int
    attempt: int
    ended: bool
    place: LogPlacement | None = None


class LogNames(Shape, frozen=True, kw_only=True, rename="camel"):
    """The logs of a task that fit a selection. `over` when the task has ended."""

    logs: tuple[LogName, ...]
    over: bool


class LogBeginnings(Shape, frozen=True, kw_only=True, rename="camel"):
    """Where logs begin that fit a selection."""

    logs: tuple[LogBeginning, ...]


class LogRun(Shape, frozen=True, kw_only=True, rename="camel"):
    """What `count` consecutive lines of a block have in common."""

    count: int
    level: str = "stdout"
    time: datetime | None = None
    damaged: bool = False


class LogLines(Shape, frozen=True, kw_only=True, tag="lines", rename="camel"):
    """Consecutive lines of a log: in `text`, with a newline between each two. `line` is the number
    of the first."""

    job: str
    step: str
    text: str
    step_id: int = 0
    attempt: int = 1
    line: int = 1
    runs: tuple[LogRun, ...] = ()

    def lines(self) -> Iterator[LogLine]:
        """One by one."""
        texts = self.text.split("\n")
        place = 0
        for part in self.runs:
            for text in texts[place : place + part.count]:
                yield LogLine(
                    job=self.job,
                    step=self.step,
                    text=text,
                    level=part.level,
                    step_id=self.step_id,
                    attempt=self.attempt,
                    line=self.line + place,
                    time=part.time,
                )
                place += 1


class OpenText(Shape, frozen=True, kw_only=True, tag="open", rename="camel"):
    """More of a line that is not complete yet, such as a prompt. The line comes whole later."""

    job: str
    step: str
    text: str
    level: str = "stdout"
    step_id: int = 0
    attempt: int = 1


class RawBytes(Shape, frozen=True, kw_only=True, tag="bytes", rename="camel"):
    """Bytes of a log as they were written."""

    data: bytes


class FoundLine(Shape, frozen=True, kw_only=True, rename="camel"):
    """A line of a search. `hit` tells where it was found, in characters; None for a line that only
    stands near one."""

    line: int
    text: str
    level: str = "stdout"
    time: datetime | None = None
    hit: tuple[int, int] | None = None


class FoundLines(Shape, frozen=True, kw_only=True, tag="found", rename="camel"):
    """Lines of one log in which something was found, and those around them."""

    job: str
    step: str
    step_id: int = 0
    attempt: int = 1
    lines: tuple[FoundLine, ...] = ()


class HitCount(Shape, frozen=True, kw_only=True, tag="count", rename="camel"):
    """In how many lines of a log something was found."""

    job: str
    step: str
    count: int
    step_id: int = 0
    attempt: int = 1


WatchedItem = TaskChanged | LogLines | OpenText
LogItem = LogLines | OpenText
SearchItem = FoundLines | HitCount


def read_watched(answer: object) -> WatchedItem:
    """`answer` as an item of the stream `watch`.

    Raises:
        ConnectionLostError: it is something else.
    """
    return _read_one(answer, WatchedItem)


def read_log_item(answer: object) -> LogItem:
    """`answer` as an item of the stream `logs`; raises what `read_watched` does."""
    return _read_one(answer, LogItem)


def read_search_item(answer: object) -> SearchItem:
    """`answer` as an item of the stream `search`; raises what `read_watched` does."""
    return _read_one(answer, SearchItem)


def _read_one(answer: object, shapes: Any) -> Any:
    try:
        return msgspec.convert(answer, shapes)
    except msgspec.ValidationError as error:
        raise ConnectionLostError(f"the engine gave an answer of another form: {error}") from error
