"""An event loop without a clock, threads or sockets: a random source decides what happens when.

What asyncio promises is kept: callbacks run in the order in which they were scheduled, and a commit
that came first is answered first. Everything that really is left to chance goes by the random
source: when a thread gets something done, in which order threads do, how much time passes.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from random import Random
from typing import Any

AT_ONCE = 0.4
"""How likely something happens outside before the loop goes on with what is ready."""

IN_TIME = 0.95
"""How likely something happens outside before a timer that is due soon."""

SOON = 2.0
"""Seconds that something outside may take at most."""


class VirtualLoop(asyncio.AbstractEventLoop):
    """Runs until nothing is left to happen. What would really block is not there, and fails."""

    def __init__(self, chance: Random, start: float) -> None:
        self.failures: list[str] = []
        """Exceptions that nobody took."""
        self.callbacks = 0
        """How many have been run: the moments at which a process can die."""
        self._chance = chance
        self._now = start
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._timer_count = 0
        self._outside: list[Callable[[], None]] = []
        self._tasks: list[asyncio.Task[Any]] = []
        self._dead = False

    def run(self, until: Callable[[], bool]) -> bool:
        """Let things happen until `until`; returns False when nothing was left to happen before."""
        with self._running():
            while not until():
                if self._ready:
                    self._go_on(until)
                elif not self._happen():
                    return False
        return True

    def outside(self, happen: Callable[[], None]) -> None:
        """Let `happen` be called at some later moment, as a thread would come to it."""
        self._outside.append(happen)

    def kill(self) -> None:
        """Drop everything, as SIGKILL does: nothing that is under way goes on."""
        self._dead = True
        self._ready.clear()
        self._outside.clear()
        self._timers.clear()
        with self._running():
            for task in self._tasks:
                if not task.done():
                    task._log_destroy_pending = False  # pyright: ignore[reportAttributeAccessIssue]
                    # What a dead process would still do on its way out does not matter.
                    with contextlib.suppress(Exception):
                        task.get_coro().close()  # pyright: ignore[reportOptionalMemberAccess]
        self._tasks.clear()

    @contextlib.contextmanager
    def _running(self) -> Generator[None]:
        asyncio._set_running_loop(self)
        try:
            yield
        finally:
            asyncio._set_running_loop(None)

    def _go_on(self, until: Callable[[], bool]) -> None:
        if self._outside and self._chance.random() < AT_ONCE:
            self._let_one_happen()
        for _ in range(len(self._ready)):
            handle = self._ready.popleft()
            if not handle.cancelled():
                handle._run()
            self.callbacks += 1
            if until():
                return
        self._now += 0.00002

    def _happen(self) -> bool:
        """Let something come from outside, or time pass; returns False when there is nothing."""
        while self._timers and self._timers[0][2].cancelled():
            heapq.heappop(self._timers)
        soon = bool(self._timers) and self._timers[0][0] <= self._now + SOON
        if self._outside and (not soon or self._chance.random() < IN_TIME):
            self._let_one_happen()
        elif self._timers:
            self._ring()
        else:
            return False
        return True

    def _let_one_happen(self) -> None:
        self._now += self._chance.random() * 0.002
        happen = self._outside.pop(self._chance.randrange(len(self._outside)))
        happen()

    def _ring(self) -> None:
        late = 0.0 if self._chance.random() < 0.8 else self._chance.random()
        self._now = max(self._now, self._timers[0][0] + late)
        while self._timers and self._timers[0][0] <= self._now:
            self._ready.append(heapq.heappop(self._timers)[2])

    # What asyncio asks of a loop.

    def time(self) -> float:
        return self._now

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        if not self._dead:
            self._ready.append(handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self._timer_count += 1
        if not self._dead:
            heapq.heappush(self._timers, (when, self._timer_count, handle))
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """A canceled timer goes when its time comes."""

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(
        self, coro: Any, *, name: str | None = None, context: Context | None = None
    ) -> asyncio.Task[Any]:
        if self._dead:
            coro.close()
            coro = _nothing()
        task = asyncio.Task(coro, loop=self, name=name, context=context)
        if self._dead:
            task._log_destroy_pending = False  # pyright: ignore[reportAttributeAccessIssue]
            coro.close()
        else:
            self._tasks.append(task)
            if len(self._tasks) > 1000:
                self._tasks = [one for one in self._tasks if not one.done()]
        return task

    def run_in_executor(
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Both the call and its answer come at some later moment."""
        future = self.create_future()

        def work() -> None:
            try:
                result = func(*args)
            except Exception as error:  # noqa: BLE001 - it goes to the caller
                self.outside(lambda error=error: _answer(future, None, error))
            else:
                self.outside(lambda: _answer(future, result, None))

        self.outside(work)
        return future

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        if not self._dead:
            self.failures.append(f"{context.get('message')}: {context.get('exception')!r}")

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return self._dead


def _answer(future: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


async def _nothing() -> None:
    """What is done in a loop that is dead."""


AnyCoroutine = Coroutine[Any, Any, Any]
