"""A thread for definitions: loading and planning run the users' own code."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from tasktrail.errors import DefinitionError

P = ParamSpec("P")
T = TypeVar("T")

LOADING_LIMIT = 60.0
"""Seconds after which a definition that does not come to an end is given up."""

_Work = tuple[Callable[[], Any], asyncio.Future[Any], asyncio.AbstractEventLoop]


class LibraryThread:
    """Runs one call after another beside the event loop, so that a slow import stops no timer.

    What the users' code prints goes to standard error: standard output is the command line's own.
    A call that does not end is left to itself, and a new thread takes over.
    """

    def __init__(self, limit: float = LOADING_LIMIT) -> None:
        self._limit = limit
        self._waiting: queue.SimpleQueue[_Work] | None = None

    async def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `work`.

        Raises:
            DefinitionError: it did not come to an end.
            Exception: whatever `work` raises.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue().put((lambda: work(*args, **kwargs), future, loop))
        try:
            return await asyncio.wait_for(future, self._limit)
        except TimeoutError:
            self._waiting = None
            raise DefinitionError(
                f"the definition did not load within {self._limit:g} s",
                hint="a definition should only describe what is done; do the work in its steps",
            ) from None

    def _queue(self) -> queue.SimpleQueue[_Work]:
        if self._waiting is None:
            self._waiting = queue.SimpleQueue()
            # A daemon: an import that never ends must not keep the process from leaving.
            threading.Thread(
                target=_serve, args=(self._waiting,), name="definitions", daemon=True
            ).start()
        return self._waiting


def _serve(waiting: queue.SimpleQueue[_Work]) -> None:
    while True:
        work, future, loop = waiting.get()
        result: Any = None
        error: BaseException | None = None
        try:
            with contextlib.redirect_stdout(sys.stderr):
                result = work()
        except BaseException as raised:  # noqa: BLE001 - it goes to the caller
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_answer, future, result, error)


def _answer(future: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
