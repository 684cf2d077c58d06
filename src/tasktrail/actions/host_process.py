"""The process that loads Python definitions, as the engine sees it."""

from __future__ import annotations

import asyncio
import os
import re
import select
import socket
import sys
from contextlib import suppress
from pathlib import Path

from tasktrail.definitions.python.host_messages import (
    HEADER,
    LONGEST_REPLY,
    Reply,
    decoded_reply,
)
from tasktrail.python.sources import SourceStamp, unchanged
from tasktrail.runners.command_spec import CommandSpec, ExitStatus
from tasktrail.runners.environment import base_environment
from tasktrail.runners.process_tree import ProcessTree
from tasktrail.runners.step_call import Stream
from tasktrail.runners.supervisor import Supervisor

_START = "from tasktrail.definitions.python.host import main; main()"
_KEPT_OUTPUT = 4_000
_EXIT_SECONDS = 1.0
"""How long a process that has hung up may take to end by itself."""
_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in ', re.MULTILINE)


class HostLostError(Exception):
    """The process hung up instead of answering."""


class HostOutput:
    """Passes on what the users' code prints: to standard error, where nothing is parsed."""

    def __init__(self) -> None:
        self._kept = b""

    def write(self, stream: Stream, chunk: bytes) -> None:  # noqa: ARG002 - an OutputSink
        """Pass it on, and keep the end for an error."""
        self._kept = (self._kept + chunk)[-_KEPT_OUTPUT:]
        with suppress(OSError, ValueError):  # nobody reads it
            sys.stderr.write(chunk.decode(errors="replace"))
            sys.stderr.flush()

    @property
    def last_line(self) -> str:
        """The last line that is not empty."""
        lines = self._kept.decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


class HostProcess:
    """Answers one question at a time, until `end`."""

    def __init__(
        self,
        tree: ProcessTree,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        output: HostOutput,
        last_place: int,
    ) -> None:
        self.output = output
        self.answers = 0
        self._tree = tree
        self._reader = reader
        self._writer = writer
        self._last_place = last_place
        self._looking = select.poll()
        self._looking.register(writer.get_extra_info("socket"), select.POLLIN)
        self._sources: list[SourceStamp] = []
        self._ending: asyncio.Task[str] | None = None

    @classmethod
    async def start(cls, supervisor: Supervisor, marker: str) -> HostProcess:
        """Start one; it may be asked at once.

        Raises:
            SpawnError, OSError: the system has no process or file handle left.
        """
        ours, theirs = socket.socketpair()
        output = HostOutput()
        last_place = -1
        try:
            with theirs:
                last_place = os.memfd_create("last-place")
                spec = _spec(theirs.fileno(), last_place, marker)
                tree = await supervisor.start(spec, output)
            reader, writer = await asyncio.open_connection(sock=ours)
        except BaseException:
            ours.close()
            if last_place >= 0:
                os.close(last_place)
            raise
        return cls(tree, reader, writer, output, last_place)

    @property
    def fresh(self) -> bool:
        """Whether it lives, and no file that it has loaded was changed since."""
        return not self._tree.exited and not self._hung_up and unchanged(self._sources)

    @property
    def _hung_up(self) -> bool:
        """Whether the socket has something to read, though nothing was asked: its end.

        The event loop may not have looked yet.
        """
        if self._writer.is_closing() or self._reader.at_eof():
            return True
        return bool(self._looking.poll(0))

    async def reply(self, question: bytes) -> Reply:
        """What it says to the framed question.

        Raises:
            HostLostError: it hung up.
            msgspec.ValidationError: values in the reply are of other types than they have to be.
        """
        try:
            self._writer.write(question)
            await self._writer.drain()
            (length,) = HEADER.unpack(await self._reader.readexactly(HEADER.size))
            if length > LONGEST_REPLY:
                raise HostLostError
            reply = decoded_reply(await self._reader.readexactly(length))
        except (OSError, asyncio.IncompleteReadError):
            raise HostLostError from None
        self._sources = reply.sources
        self.answers += 1
        return reply

    async def exit_status(self) -> ExitStatus | None:
        """How it ended after it hung up; None when it goes on without the connection."""
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._tree.wait(), _EXIT_SECONDS)
        return None

    async def end(self, *, stop_signal: str = "SIGKILL", grace: float = 0.0) -> str:
        """Stop it with all that it has started; what it wrote about where it was.

        Only the first call says how; all return when it is gone.
        """
        if self._ending is None:
            self._ending = asyncio.ensure_future(self._end(stop_signal, grace))
        return await asyncio.shield(self._ending)

    async def _end(self, stop_signal: str, grace: float) -> str:
        self._writer.close()
        await self._tree.stop(stop_signal=stop_signal, grace=grace)
        written = os.pread(self._last_place, _KEPT_OUTPUT * 4, 0)
        os.close(self._last_place)
        return written.decode(errors="replace")


def last_place(written: str, root: str) -> tuple[str, int] | None:
    """The innermost line below `root` in a traceback that a dying process wrote."""
    for frame in _FRAME.finditer(written):
        if Path(frame["file"]).is_relative_to(root):
            return frame["file"], int(frame["line"])
    return None


def _spec(control: int, last_place: int, marker: str) -> CommandSpec:
    own = {name: os.environ[name] for name in ("PYTHONPATH", "PYTHONHOME") if name in os.environ}
    return CommandSpec(
        # Safe path, no bytecode files (they know times in whole seconds only), output at once.
        argv=(sys.executable, "-P", "-B", "-u", "-c", _START, str(control), str(last_place)),
        env={**base_environment(os.environ), **own},
        cwd=Path("/"),
        marker=marker,
        pass_fds=(control, last_place),
    )
