"""Tells who waits for a task that something about it has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from tasktrail.actions.ledger import Decided


class Bulletin:
    """Wakes those who look at a task. Nothing is queued: a woken one reads what it needs."""

    def __init__(self) -> None:
        self._readers: dict[int, set[asyncio.Event]] = {}

    def follow(self, decided: Decided) -> None:
        """Wake everybody who looks at the task of a decision."""
        for changed in self._readers.get(decided.task.id, ()):
            changed.set()

    @contextmanager
    def changes_of(self, task_id: int) -> Generator[asyncio.Event]:
        """An event that is set at every change of a task; who waits for it clears it before
        looking."""
        changed = asyncio.Event()
        readers = self._readers.setdefault(task_id, set())
        readers.add(changed)
        try:
            yield changed
        finally:
            readers.discard(changed)
            if not readers:
                self._readers.pop(task_id, None)
