"""A thread for definitions: reading them takes time that the event loop does not have."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from tasktrail.errors import DefinitionError

P = ParamSpec("P")
T = TypeVar("T")

_Work = tuple[Callable[[], Any], asyncio.Future[Any], asyncio.AbstractEventLoop]


class LibraryThread:
    """Runs one call after another beside the event loop, so that a slow disk stops no timer.

    A call that takes longer than `limit` seconds is left to itself, and a new thread takes over.
    None is for calls that have a limit of their own.
    """

    def __init__(self, limit: float | None) -> None:
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
            raise DefinitionError(f"the definition did not load within {self._limit:g} s") from None

    def _queue(self) -> queue.SimpleQueue[_Work]:
        if self._waiting is None:
            self._waiting = queue.SimpleQueue()
            # A daemon: a read that never ends must not keep the process from leaving.
            threading.Thread(
                target=_serve, args=(self._waiting,), name="definitions", daemon=True
            ).start()
        return self._waiting


def _serve(waiting: queue.SimpleQueue[_Work]) -> None:
    while True:
        work, future, loop = waiting.get()
        if future.done():
            continue  # who asked has gone
        result: Any = None
        error: BaseException | None = None
        try:
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
