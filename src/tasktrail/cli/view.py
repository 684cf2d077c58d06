"""What shows a task while it is followed."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol, Self

from tasktrail.local.log_shape import WatchedItem


class View(AbstractAsyncContextManager["View"], Protocol):
    """Shows a task as it changes, and its log lines as they come."""

    async def show(self, item: WatchedItem) -> None:
        """Show a new state of the task, lines, or the beginning of one."""
        ...

    def say(self, text: str) -> None:
        """Tell the person something about the following itself."""
        ...


class SilentView:
    """Shows nothing: for JSON, where only the final task is printed."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def show(self, item: WatchedItem) -> None:
        """Show nothing."""

    def say(self, text: str) -> None:
        """Tell it on stderr."""
        from tasktrail.cli.output import note

        note(text)
