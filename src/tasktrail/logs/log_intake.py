"""Where the frames of logs arrive that are written on other machines."""

from __future__ import annotations

from typing import Protocol

from tasktrail.logs.frame import HEADER_SIZE, unpack_header
from tasktrail.logs.place import LogName
from tasktrail.model.step import LogSummary


class LogIntake(Protocol):
    """Takes logs as they grow, in order, whoever asks how often. What it has said to know is kept.

    Whoever calls it has made sure that it is the log of who writes.
    """

    async def append(self, name: LogName, offset: int, data: bytes) -> int:
        """Take what a log holds from `offset` on: whole frames. Returns how much of the log is
        known now. That is less than the end of `data` where something before `offset` is missing,
        or where the log is closed: then it stays as it is.

        Raises:
            LogStoreError: it was not kept; try again.
            StoreUnavailableError: likewise.
        """
        ...

    async def close(self, name: LogName, summary: LogSummary) -> None:
        """Nothing more will come. Returns when all of it is where finished logs are. Idempotent.

        Raises:
            LogStoreError: it is not yet; try again.
            StoreUnavailableError: likewise.
        """
        ...

    async def settle(self, name: LogName) -> LogSummary:
        """Close a log whose writer is lost, with what there is of it; nothing more is taken after
        that. Idempotent.

        Raises:
            LogStoreError: it is not yet; try again.
            StoreUnavailableError: likewise.
        """
        ...


def frames_within(data: bytes, offset: int) -> int:
    """How many bytes of `data`, which stands at `offset` of a log, are frames that are whole.

    Payloads are not looked at: a damaged one is told to readers.
    """
    position = 0
    while position + HEADER_SIZE <= len(data):
        frame = unpack_header(data[position : position + HEADER_SIZE], offset + position)
        if frame is None or frame.end - offset > len(data):
            break
        position = frame.end - offset
    return position
