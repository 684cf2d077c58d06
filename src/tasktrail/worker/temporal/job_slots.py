"""How many jobs a worker takes at once."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager, suppress
from threading import Lock

from temporalio.worker import (
    CustomSlotSupplier,
    SlotMarkUsedContext,
    SlotPermit,
    SlotReleaseContext,
    SlotReserveContext,
)


class JobSlots(CustomSlotSupplier):
    """Asks for one more job only while fewer than `count` are being carried out, and not while it
    is `closed`.

    A job that waits for a spawned task gives its slot to others meanwhile, so that the two never
    wait for each other; when it goes on, one job more than `count` is carried out for a while.
    Slots are given back by threads of Temporal's, too.
    """

    def __init__(self, count: int) -> None:
        self._lock = Lock()
        self._free = count
        self._closed = False
        self._given = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def reserve_slot(self, ctx: SlotReserveContext) -> SlotPermit:
        """See `CustomSlotSupplier`."""
        while True:
            self._given.clear()
            permit = self.try_reserve_slot(ctx)
            if permit is not None:
                return permit
            await self._given.wait()

    def try_reserve_slot(self, ctx: SlotReserveContext) -> SlotPermit | None:
        """See `CustomSlotSupplier`."""
        del ctx
        with self._lock:
            if self._closed or self._free <= 0:
                return None
            self._free -= 1
        return SlotPermit()

    def mark_slot_used(self, ctx: SlotMarkUsedContext) -> None:
        """See `CustomSlotSupplier`."""

    def release_slot(self, ctx: SlotReleaseContext) -> None:
        """See `CustomSlotSupplier`: the job has been handed over, or there was none."""
        del ctx
        self._give()

    def close(self) -> None:
        """Ask for no job from now on. What was asked for before may still come."""
        self._closed = True

    def open(self) -> None:
        """Ask for jobs again."""
        self._closed = False
        self._given.set()

    @contextmanager
    def occupied(self) -> Generator[None]:
        """A job is carried out meanwhile."""
        self._take()
        try:
            yield
        finally:
            self._give()

    @contextmanager
    def waiting(self) -> Generator[None]:
        """A job that is being carried out needs no slot meanwhile."""
        self._give()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        with self._lock:
            self._free -= 1

    def _give(self) -> None:
        with self._lock:
            self._free += 1
        with suppress(RuntimeError):  # the loop is gone, and nobody waits
            self._loop.call_soon_threadsafe(self._given.set)
