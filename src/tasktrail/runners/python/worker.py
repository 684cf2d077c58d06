"""The worker process: carries out orders one after another until the engine has no more."""

from __future__ import annotations

import _thread
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import Any

from tasktrail.python.sources import SourceStamp, moment, stamps
from tasktrail.runners.python.call_execution import CallExecution
from tasktrail.runners.python.callee import Callee
from tasktrail.runners.python.surroundings import (
    Surroundings,
    adopt_orphans,
    children_live,
    stop_signal_number,
)
from tasktrail.runners.python.worker_channel import ChannelClosedError, WorkerChannel


def main() -> None:
    """Serve the control socket whose descriptor is the last argument."""
    descriptor = int(sys.argv.pop())
    adopt_orphans()
    Worker(WorkerChannel(descriptor)).serve()


class Worker:
    """Carries out orders. Its calls share one root and the modules that they have loaded."""

    def __init__(self, channel: WorkerChannel) -> None:
        self._channel = channel
        self._surroundings = Surroundings()
        self._process = os.getpid()
        self._callees: dict[str, Callee] = {}
        self._execution: CallExecution | None = None
        self._stopping = False
        self._known_modules = set(sys.modules)
        self._root: str | None = None
        signal.signal(signal.SIGTERM, self._on_stop)

    def serve(self) -> None:
        """Return when the engine has no more orders; exit at once after one that left a trace."""
        with suppress(OSError):  # nobody is there any more
            self._channel.send({"type": "ready"})
        while True:
            try:
                order, outputs = self._channel.receive_order()
            except (ChannelClosedError, OSError):
                return
            ending = self._carried_out(order, outputs)
            self._channel.send({"type": "ended", **ending})
            if ending["retire"]:
                # Without waiting for threads that the step left, or for its exit functions.
                os._exit(0)

    def _carried_out(self, order: dict[str, Any], outputs: tuple[int, ...]) -> dict[str, object]:
        started = moment()
        execution = CallExecution(order, self._channel, self._callees)
        self._surroundings.enter(order["environment"], outputs)
        self._bind(order["root"])
        self._execution = execution
        self._take_note_of(order["stop_signal"])
        ending = execution.run()
        clean = self._surroundings.leave()
        ending["sources"] = self._loaded(started)
        # First: a stop that arrives from here on finds nothing to stop and ends the worker itself.
        self._execution = None
        ending["retire"] = (
            self._stopping
            or not clean
            or execution.import_failed
            or _thread._count() > 0  # pyright: ignore[reportPrivateUsage] - without importing threading
            or children_live()
        )
        return ending

    def _bind(self, root: str | None) -> None:
        if root is not None and root != self._root:
            self._root = root
            sys.path.insert(0, root)

    def _take_note_of(self, name: str) -> None:
        number = stop_signal_number(name)
        # Again each time: the step before may have set it.
        signal.signal(signal.SIGTERM, self._on_stop)
        if number is not None and number != signal.SIGTERM:
            signal.signal(number, self._on_stop)

    def _on_stop(self, number: int, _frame: FrameType | None) -> None:
        if os.getpid() != self._process:
            # A forked child of a step: it did not ask for this, so it gets what is usual.
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        self._stopping = True
        if self._execution is None:
            os._exit(0)
        self._execution.stop.ask()

    def _loaded(self, started: int) -> list[SourceStamp]:
        """Stamps of the user's modules that this call has loaded."""
        if len(sys.modules) == len(self._known_modules):
            return []
        fresh = sys.modules.keys() - self._known_modules
        self._known_modules |= fresh
        return stamps(fresh, started)
