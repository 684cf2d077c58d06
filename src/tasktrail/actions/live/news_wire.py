"""Wakes those who follow all tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from tasktrail.actions.ledger import Decided


class NewsWire:
    """Wakes everybody when some task has changed. Nothing is queued: they look at the records."""

    def __init__(self) -> None:
        self._wakers: set[asyncio.Event] = set()

    def follow(self, decided: Decided) -> None:
        """Wake everybody; a listener of decisions."""
        if not decided.task.silent:
            self.wake()

    def wake(self) -> None:
        """Wake everybody."""
        for waker in self._wakers:
            waker.set()

    @contextmanager
    def changes(self) -> Generator[asyncio.Event]:
        """An event that is set at every change; who waits for it clears it before looking."""
        waker = asyncio.Event()
        self._wakers.add(waker)
        try:
            yield waker
        finally:
            self._wakers.discard(waker)
