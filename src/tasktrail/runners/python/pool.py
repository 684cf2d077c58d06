"""The Python workers of an engine: started when needed, kept while they may be needed again."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from tasktrail.model.plan import StepLimits
from tasktrail.runners.python.worker_process import PythonWorker
from tasktrail.runners.supervisor import Supervisor

_STOP_GRACE = 2.0
_STARTS_AT_ONCE = os.cpu_count() or 1
_START_SECONDS = 10.0
"""A worker that is not up by then makes nobody wait any longer for a place to start in."""


class WorkerPool:
    """Hands out idle workers, newest first, or starts new ones.

    At most `most_idle` are kept, none longer than `idle_seconds`, and none for more than
    `most_calls` calls (what a step leaks is bounded by that). None is handed out whose code has
    changed on disk.

    A burst of short calls does not start a worker for each: only as many start at once as there
    are cores, and who waits takes whatever comes first, a new worker or one that is given back.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        life: str,
        *,
        most_idle: int,
        most_calls: int,
        idle_seconds: float,
    ) -> None:
        self._supervisor = supervisor
        self._life = life
        self._most_idle = most_idle
        self._most_calls = most_calls
        self._idle_seconds = idle_seconds
        self._idle: list[PythonWorker] = []
        self._waiting: dict[asyncio.Future[PythonWorker], str | None] = {}
        """Who waits for a worker, longest first, and for which root."""
        self._started = 0
        self._starting = 0
        self._ending: set[asyncio.Task[object]] = set()
        self._expiry: asyncio.TimerHandle | None = None
        self._closed = False

    async def take(self, root: str | None, limits: StepLimits | None = None) -> PythonWorker:
        """A worker for code of that root; with limits one of its own, not to be given back.

        May be canceled: the worker that comes then is for others.

        Raises:
            SpawnError, OSError: the system has no process or file handle left.
        """
        if limits is not None:
            return await self._started_worker(limits)
        return self._idle_worker(root) or await self._next_worker(root)

    def give_back(self, worker: PythonWorker) -> None:
        """Keep a worker that has made no call yet, or whose call has ended without a trace."""
        if worker.calls >= self._most_calls:
            self.end(worker)
        else:
            self._hand_on(worker)

    def end(self, worker: PythonWorker) -> None:
        """Have a worker without a call stopped; `aclose` waits for it."""
        worker.close()
        self._soon(worker.tree.stop(stop_signal="SIGTERM", grace=_STOP_GRACE))

    async def aclose(self) -> None:
        """Stop all idle workers, and keep none any more; returns when they are gone."""
        self._closed = True
        if self._expiry is not None:
            self._expiry.cancel()
        while self._idle:
            self.end(self._idle.pop())
        while self._ending:
            await asyncio.wait(self._ending)

    def _idle_worker(self, root: str | None) -> PythonWorker | None:
        for worker in reversed(self._idle):
            if worker.serves(root):
                self._idle.remove(worker)
                if worker.fresh:
                    worker.on_idle_end = None
                    return worker
                self.end(worker)
        return None

    async def _next_worker(self, root: str | None) -> PythonWorker:
        waiting: asyncio.Future[PythonWorker] = asyncio.get_running_loop().create_future()
        self._waiting[waiting] = root
        self._start_more()
        try:
            return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            if self._waiting.pop(waiting, None) is None and waiting.exception() is None:
                self.give_back(waiting.result())
            raise

    def _start_more(self) -> None:
        while self._starting < min(len(self._waiting), _STARTS_AT_ONCE):
            self._starting += 1
            self._soon(self._start())

    async def _start(self) -> None:
        try:
            worker = await self._started_worker()
            with suppress(TimeoutError):
                await asyncio.wait_for(worker.up(), _START_SECONDS)
        except Exception as error:  # noqa: BLE001 - it goes to who waits
            if self._waiting:
                waiting = next(iter(self._waiting))
                del self._waiting[waiting]
                waiting.set_exception(error)
        else:
            self._hand_on(worker)
        finally:
            self._starting -= 1
            self._start_more()

    async def _started_worker(self, limits: StepLimits | None = None) -> PythonWorker:
        self._started += 1
        marker = f"{self._life}:python-{self._started}"
        return await PythonWorker.start(self._supervisor, marker, limits)

    def _hand_on(self, worker: PythonWorker) -> None:
        """Give it to who has waited longest of those whom it can serve, or keep it for others.

        Whether its code has changed is looked at as it is given to somebody.
        """
        waiting = next((one for one, root in self._waiting.items() if worker.serves(root)), None)
        if waiting is not None and worker.fresh:
            del self._waiting[waiting]
            waiting.set_result(worker)
        elif waiting is not None or self._closed:
            self.end(worker)
        else:
            self._keep(worker)

    def _keep(self, worker: PythonWorker) -> None:
        loop = asyncio.get_running_loop()
        worker.idle_since = loop.time()
        worker.on_idle_end = self._lost
        self._idle.append(worker)
        if len(self._idle) > self._most_idle:
            self.end(self._idle.pop(0))
        if self._expiry is None:
            self._expiry = loop.call_later(self._idle_seconds, self._expire)

    def _lost(self, worker: PythonWorker) -> None:
        self._idle.remove(worker)
        self._soon(worker.tree.finish())

    def _expire(self) -> None:
        self._expiry = None
        loop = asyncio.get_running_loop()
        while self._idle and self._idle[0].idle_since + self._idle_seconds <= loop.time():
            self.end(self._idle.pop(0))
        if self._idle:
            due = self._idle[0].idle_since + self._idle_seconds
            self._expiry = loop.call_at(due, self._expire)

    def _soon(self, ending: Coroutine[Any, Any, object]) -> None:
        task = asyncio.get_running_loop().create_task(ending)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
