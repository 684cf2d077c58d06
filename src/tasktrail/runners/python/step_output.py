"""The stdout and stderr of one call: a pair of pipes of its own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable

from tasktrail.runners.step_call import OutputSink, Stream

_READ = 64 * 1024
_QUIET_SECONDS = 0.02
"""A call that is over by then has not been worth watching; the pipe keeps what it wrote."""


class StepOutput:
    """Reads both pipes in the event loop until nobody holds their other ends.

    Raises:
        OSError: there is no file handle left.
    """

    def __init__(self, output: OutputSink) -> None:
        self._output = output
        self._loop = asyncio.get_running_loop()
        self._read_ends: dict[int, Stream] = {}
        self.write_ends: tuple[int, ...] = ()
        self._ended: asyncio.Future[None] | None = None
        self._watching = False
        for stream in (Stream.STDOUT, Stream.STDERR):
            self._open(stream)
        self._timer = self._loop.call_later(_QUIET_SECONDS, self._watch)

    def close_write_ends(self) -> None:
        """The worker has them now (or will not get them)."""
        _close(self.write_ends)
        self.write_ends = ()

    def drained(self) -> bool:
        """Read what is there; returns whether both pipes have ended."""
        for descriptor in tuple(self._read_ends):
            while self._read(descriptor):
                pass
        return not self._read_ends

    async def finish(self, seconds: float) -> bool:
        """Read to the end, for at most that long, and close. Returns whether it was the end."""
        if not self.drained():
            self._watch()
            self._ended = self._loop.create_future()
            await asyncio.wait((self._ended,), timeout=seconds)
        ended = not self._read_ends
        self.close()
        return ended

    def close(self) -> None:
        """Read no more."""
        self._timer.cancel()
        self.close_write_ends()
        for descriptor in tuple(self._read_ends):
            self._drop(descriptor)

    def _open(self, stream: Stream) -> None:
        try:
            read_end, write_end = os.pipe()
        except OSError:
            _close((*self._read_ends, *self.write_ends))
            raise
        os.set_blocking(read_end, False)
        self._read_ends[read_end] = stream
        self.write_ends = (*self.write_ends, write_end)

    def _watch(self) -> None:
        self._timer.cancel()
        if not self._watching:
            self._watching = True
            for descriptor in self._read_ends:
                self._loop.add_reader(descriptor, self._read, descriptor)

    def _read(self, descriptor: int) -> bool:
        """Pass one chunk on; returns whether there may be more at once."""
        try:
            chunk = os.read(descriptor, _READ)
        except BlockingIOError:
            return False
        if not chunk:
            self._drop(descriptor)
            return False
        self._output.write(self._read_ends[descriptor], chunk)
        return True

    def _drop(self, descriptor: int) -> None:
        if self._watching:
            self._loop.remove_reader(descriptor)
        os.close(descriptor)
        del self._read_ends[descriptor]
        if not self._read_ends and self._ended is not None and not self._ended.done():
            self._ended.set_result(None)


def _close(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
