"""What became of a log, for the record of its attempt."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class LogStatus(StrEnum):
    """Whether there is anything to read."""

    EMPTY = "empty"
    PERSISTED = "persisted"


class LogSummary(Struct, frozen=True, kw_only=True):
    """A closed log: the bytes and lines that were kept, Tasktrail's own notes included.

    `truncated` says that output is missing: the cap was reached, or the disk did not take it.
    """

    bytes: int
    lines: int
    status: LogStatus
    truncated: bool


EMPTY_LOG = LogSummary(bytes=0, lines=0, status=LogStatus.EMPTY, truncated=False)
