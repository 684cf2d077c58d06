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
        self._at_locks: set[asyncio.Event] = set()

    @property
    def watched(self) -> frozenset[int]:
        """The tasks that somebody looks at."""
        return frozenset(self._readers)

    def follow(self, decided: Decided) -> None:
        """Wake everybody who looks at the task of a decision, or at one that it may let move up in
        the queue for a lock."""
        self.wake(decided.task.id, locks=bool(self._at_locks) and decided.releases_locks)

    def wake(self, task_id: int, *, locks: bool) -> None:
        """Wake everybody who looks at a task, and with `locks` at one that may move up."""
        for changed in self._readers.get(task_id, ()):
            changed.set()
        if locks:
            for changed in self._at_locks:
                changed.set()

    def wake_all(self) -> None:
        """Wake everybody: something may have changed of which nobody was told."""
        for readers in self._readers.values():
            for changed in readers:
                changed.set()

    def note_locks(self, changed: asyncio.Event, *, waits: bool) -> None:
        """Whether the task of `changed` `waits` at locks: then it is set at every release of locks
        as well. The task's place and the holder change with those of others."""
        if waits:
            self._at_locks.add(changed)
        else:
            self._at_locks.discard(changed)

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
            self._at_locks.discard(changed)
            if not readers:
                self._readers.pop(task_id, None)
