"""The log of one attempt, on its way from this disk to where it is read."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from tasktrail.actions.work.held_job import HeldJob
from tasktrail.errors import LogDamagedError, RefusedError, StaleClaimError, StoreUnavailableError
from tasktrail.logs.log_intake import frames_within
from tasktrail.logs.place import LogName, LogPlace
from tasktrail.model.step import LogSummary
from tasktrail.worker.work_api import WorkApi

MOST_SENT = 512 * 1024
"""Bytes of one request; a frame is much smaller."""

_FIRST_REST = 0.03
"""Seconds before the first line is sent: what a short step writes goes with its end."""
_REST = 0.08
"""Seconds between two requests: followers wait for no line longer than a tenth of one."""
_LONGEST_REST = 5.0


class ShippedLog:
    """Sends a log while it grows, in order. What was not taken stays here and is sent again."""

    def __init__(self, api: WorkApi, place: LogPlace, held: HeldJob, name: LogName) -> None:
        self._api = api
        self._place = place
        self._held = held
        self._name = name
        self._path = place.path(*name)
        self._sent = 0
        self._grown = asyncio.Event()
        self._sending = asyncio.Lock()
        self._loop = asyncio.get_running_loop()
        self._following: asyncio.Task[None] | None = None

    def grew(self) -> None:
        """There is more to send; from any thread."""
        with suppress(RuntimeError):  # the loop is gone, and the rest is for the next life
            self._loop.call_soon_threadsafe(self._follow)

    async def complete(self, summary: LogSummary) -> None:
        """Return once all of the closed log is there, and nothing of it here.

        Raises:
            StoreUnavailableError: not yet; it is still here.
            StaleClaimError: it is of no use any more.
        """
        self.leave()
        async with self._sending:
            if not self._path.exists():
                return
            while not await self._send(summary):
                pass
        self._place.remove(self._name)

    def leave(self) -> None:
        """Send no more by itself."""
        if self._following is not None:
            self._following.cancel()

    def _follow(self) -> None:
        self._grown.set()
        if self._following is None:
            self._following = self._loop.create_task(self._send_as_it_grows())

    async def _send_as_it_grows(self) -> None:
        rest = _FIRST_REST
        while True:
            await asyncio.sleep(rest)
            await self._grown.wait()
            self._grown.clear()
            try:
                async with self._sending:
                    while not await self._send():
                        pass
                rest = _REST
            except StoreUnavailableError:
                self._grown.set()
                rest = min(2 * max(rest, _REST), _LONGEST_REST)
            except (StaleClaimError, RefusedError, OSError, LogDamagedError):
                return  # it is met again when the log is completed

    async def _send(self, end: LogSummary | None = None) -> bool:
        """Send the next part; whether all that is here is there then, with its `end`."""
        frames, last = await asyncio.to_thread(_frames, self._path, self._sent)
        if not frames and end is None:
            return True
        sent = self._sent + len(frames)
        known = await self._api.append_log(
            self._held, self._name, self._sent, frames, end if last else None
        )
        if known == self._sent != sent:
            raise StoreUnavailableError(f"the log {self._path.name} is not taken")
        self._sent = known
        return last and known == sent


class ShippedLogs:
    """The logs of one job: told by their writers when they grow (a `LogListener`)."""

    def __init__(self, api: WorkApi, place: LogPlace, held: HeldJob) -> None:
        self._api = api
        self._place = place
        self._held = held
        self._logs: dict[Path, ShippedLog] = {}

    def opened(self, path: Path) -> None:
        """See `LogListener`."""
        name = self._place.name_of(path)
        assert name is not None, "logs are in the place of logs"
        self.of(name)

    def grew(self, path: Path) -> None:
        """See `LogListener`."""
        log = self._logs.get(path)
        if log is not None:
            log.grew()

    def closed(self, path: Path) -> None:
        """See `LogListener`."""

    async def deliver(self, name: LogName, summary: LogSummary) -> None:
        """See `Deliver`.

        Raises:
            StoreUnavailableError: it is not there yet.
            StaleClaimError: it is of no use any more.
        """
        await self.of(name).complete(summary)
        self._logs.pop(self._place.path(*name), None)

    def of(self, name: LogName) -> ShippedLog:
        """The log of that name, which is sent from now on."""
        path = self._place.path(*name)
        log = self._logs.get(path)
        if log is None:
            log = self._logs[path] = ShippedLog(self._api, self._place, self._held, name)
        return log

    def leave(self) -> None:
        """Send no more."""
        for log in self._logs.values():
            log.leave()

    def discard(self) -> None:
        """Remove what is here of logs that nobody takes any more."""
        self.leave()
        for path in self._logs:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        self._logs.clear()


def _frames(path: Path, offset: int) -> tuple[bytes, bool]:
    """The whole frames from `offset` on, as many as are sent at once, and whether that is all."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return b"", True
    try:
        part = os.pread(descriptor, MOST_SENT, offset)
    finally:
        os.close(descriptor)
    whole = frames_within(part, offset)
    if not whole and len(part) == MOST_SENT:
        raise LogDamagedError(offset, 0)
    return part[:whole], len(part) < MOST_SENT
