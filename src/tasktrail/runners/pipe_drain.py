"""One output of a process tree: a pipe that is always drained, whatever becomes of the output."""

from __future__ import annotations

import asyncio
import fcntl
import os

from tasktrail.failpoints import Failpoint, reach
from tasktrail.runners.step_call import OutputSink, Stream

_PIPE = 64 * 1024
"""What a pipe holds by default, and so the most that one read can give."""
_WIDE_PIPE = 1024 * 1024
_WIDE_READ = 256 * 1024


class PipeDrain:
    """Reads one pipe in the event loop and hands each chunk on as it comes.

    Raises:
        OSError: there is no file handle left.
    """

    def __init__(self, stream: Stream, output: OutputSink) -> None:
        self._stream = stream
        self._output = output
        self._read_end, self.write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        self._read_size = _PIPE
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] | None = None
        self._open = True
        self._loop.add_reader(self._read_end, self._read)

    def close_write_end(self) -> None:
        """The child has it now (or was not started)."""
        os.close(self.write_end)

    async def finish(self, bound: float) -> None:
        """Read to the end, for at most `bound` seconds, and close.

        The tree is gone, so the end is there at once unless something outside of the tree was
        given the pipe and holds it open.
        """
        self._read()
        if self._open:
            self._ended = self._loop.create_future()
            await asyncio.wait((self._ended,), timeout=bound)
        self.close()

    def close(self) -> None:
        """Read no more."""
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._read_end)
        os.close(self._read_end)
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    def _read(self) -> None:
        if not self._open:
            return
        try:
            chunk = os.read(self._read_end, self._read_size)
        except BlockingIOError:
            return
        if not chunk:
            self.close()
            return
        reach(Failpoint.LOG_READ)
        self._output.write(self._stream, chunk)
        if len(chunk) == _PIPE == self._read_size:
            self._widen()

    def _widen(self) -> None:
        """Output is heavy: fewer, larger reads. A user's pipe memory may be used up; so be it."""
        self._read_size = _WIDE_READ
        try:
            fcntl.fcntl(self._read_end, fcntl.F_SETPIPE_SZ, _WIDE_PIPE)
        except OSError:
            return
