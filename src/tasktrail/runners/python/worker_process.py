"""One Python worker, as the engine sees it."""

from __future__ import annotations

import array
import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from tasktrail.model.plan import StepLimits
from tasktrail.python.sources import SourceStamp, unchanged
from tasktrail.runners.command_spec import CommandSpec
from tasktrail.runners.environment import base_environment
from tasktrail.runners.process_tree import ProcessTree
from tasktrail.runners.python.messages import (
    HEADER,
    LONGEST_MESSAGE,
    CallEnded,
    Ready,
    SpawnAnswer,
    SpawnAsked,
    StepOrder,
    decoded,
    framed,
)
from tasktrail.runners.step_call import Stream
from tasktrail.runners.supervisor import Supervisor

_START = "from tasktrail.runners.python.worker import main; main()"
_READ = 64 * 1024
_KEPT_OUTPUT = 4_000

Spawn = Callable[[SpawnAsked], Awaitable[SpawnAnswer]]


class LastWords:
    """Keeps the end of what a worker writes outside of calls: why it could not start."""

    def __init__(self) -> None:
        self._kept = b""

    def write(self, stream: Stream, chunk: bytes) -> None:  # noqa: ARG002 - an OutputSink
        """Keep the end."""
        self._kept = (self._kept + chunk)[-_KEPT_OUTPUT:]

    def __str__(self) -> str:
        return self._kept.decode(errors="replace")


class PythonWorker:
    """A worker process and its control socket. Carries out one order at a time."""

    def __init__(self, tree: ProcessTree, control: socket.socket, words: LastWords) -> None:
        self.tree = tree
        self.last_words = words
        self.root: str | None = None
        self.calls = 0
        self.reached = False
        """Whether anything of its last order was sent."""
        self.idle_since = 0.0
        self.on_idle_end: Callable[[PythonWorker], None] | None = None
        """Called when it dies without an order."""
        self._control = control
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._sources: list[SourceStamp] = []
        self._ended: asyncio.Future[CallEnded | None] | None = None
        self._spawn: Spawn | None = None
        self._asking: set[asyncio.Task[None]] = set()
        self._up = asyncio.Event()
        self._loop.add_reader(control, self._read)

    @classmethod
    async def start(
        cls, supervisor: Supervisor, marker: str, limits: StepLimits | None = None
    ) -> PythonWorker:
        """Start one; it may be given an order at once.

        Raises:
            SpawnError, OSError: the system has no process or file handle left.
        """
        ours, theirs = socket.socketpair()
        words = LastWords()
        try:
            with theirs:
                tree = await supervisor.start(_spec(theirs.fileno(), marker, limits), words)
        except BaseException:
            ours.close()
            raise
        ours.setblocking(False)  # noqa: FBT003 - takes it by position only
        return cls(tree, ours, words)

    @property
    def fresh(self) -> bool:
        """Whether it could run current code: no file that it has loaded was changed."""
        return unchanged(self._sources)

    async def up(self) -> None:
        """Return once its interpreter has started, or it is gone."""
        await self._up.wait()

    def serves(self, root: str | None) -> bool:
        """Whether it can be given code of that root: it has imported no other's."""
        return not self.calls or self.root == root

    async def begin(
        self, order: StepOrder, outputs: tuple[int, ...], spawn: Spawn
    ) -> asyncio.Future[CallEnded | None]:
        """Give it an order. The future is how it ended; None when the worker is gone, which had got
        nothing of the order if it is not `reached`."""
        self.calls += 1
        self.root = order.root
        self._spawn = spawn
        ended = self._loop.create_future()
        self.reached = False
        if self._control.fileno() < 0:
            ended.set_result(None)  # it died just before
            return ended
        self._ended = ended
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", outputs))
        self.reached = await self._send(framed(order), [rights])
        return ended

    def close(self) -> None:
        """Hang up: an idle worker exits."""
        if self._control.fileno() >= 0:
            self._loop.remove_reader(self._control)
            self._control.close()
        for task in self._asking:
            task.cancel()

    async def _send(
        self, message: bytes, ancillary: list[tuple[int, int, array.array[int]]]
    ) -> bool:
        """Whether anything was sent. That the worker is gone is told by the end of the socket."""
        try:
            sent = self._control.sendmsg([message], ancillary)
        except (BrokenPipeError, ConnectionResetError):
            return False
        if sent < len(message):
            with suppress(BrokenPipeError, ConnectionResetError):
                await self._loop.sock_sendall(self._control, message[sent:])
        return True

    def _read(self) -> None:
        try:
            chunk = self._control.recv(_READ)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self._lost()
            return
        self._buffer += chunk
        self._take_messages()

    def _take_messages(self) -> None:
        while len(self._buffer) >= HEADER.size:
            (length,) = HEADER.unpack_from(self._buffer)
            if length > LONGEST_MESSAGE:
                self._lost()
                return
            end = HEADER.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[HEADER.size : end])
            del self._buffer[:end]
            self._take(body)

    def _take(self, body: bytes) -> None:
        try:
            reply = decoded(body)
        except msgspec.MsgspecError:
            self._lost()
            return
        match reply:
            case Ready():
                self._up.set()
            case SpawnAsked():
                task = self._loop.create_task(self._answer(reply))
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)
            case CallEnded():
                self._sources += (SourceStamp(*source) for source in reply.sources)
                self._settle(reply)

    async def _answer(self, asked: SpawnAsked) -> None:
        assert self._spawn is not None
        await self._send(framed(await self._spawn(asked)), [])

    def _lost(self) -> None:
        self.close()
        self._up.set()
        idle = self._ended is None
        self._settle(None)
        if idle and self.on_idle_end is not None:
            self.on_idle_end(self)

    def _settle(self, ended: CallEnded | None) -> None:
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(ended)
        self._ended = None


def _spec(control: int, marker: str, limits: StepLimits | None) -> CommandSpec:
    own = {name: os.environ[name] for name in ("PYTHONPATH", "PYTHONHOME") if name in os.environ}
    return CommandSpec(
        # Safe path, no bytecode files (they know times in whole seconds only), faults are told.
        argv=(sys.executable, "-P", "-B", "-X", "faulthandler", "-c", _START, str(control)),
        env={**base_environment(os.environ), **own},
        cwd=Path("/"),
        marker=marker,
        pass_fds=(control,),
        limits=limits,
    )
