"""Starting the first job of a task in the very transaction that accepts the task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tasktrail.actions.ledger import Ledger


class Reservation(Protocol):
    """A place at an engine that is kept free for the first job of one task."""

    def claim(self, ledger: Ledger, task_id: int) -> None:
        """Take a job of the task that is ready, if there is one. Inside the transaction, which may
        be done again or fail."""
        ...

    def settle(self) -> None:
        """Give the place back where no claim came to be durable. In the event loop, once it is
        known, and after everybody was told of it."""
        ...


Reserve = Callable[[], Reservation | None]
"""Keeps a place free; None when there is none."""
