"""The operation that backs up an installation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from tasktrail.actions.backup import Backup, present_backup
from tasktrail.local import request
from tasktrail.local.arguments import read_arguments
from tasktrail.local.transport import JsonObject
from tasktrail.model.access import Actor

_BETWEEN_REPORTS = 0.1
"""Seconds."""


class BackupOperation:
    """Streams how far a backup is, and last what was made."""

    def __init__(self, backup: Backup, actor: Callable[[request.Deed], Actor]) -> None:
        self._backup = backup
        self._actor = actor

    async def make(self, arguments: JsonObject) -> AsyncGenerator[object]:
        """Begin a backup, and follow it. It is given up when the stream is closed."""
        wanted = read_arguments(arguments, request.Backup)
        progress = [0, 0]

        def note(copied: int, total: int) -> None:
            progress[:] = copied, total

        making = asyncio.ensure_future(
            self._backup.make(self._actor(wanted), Path(wanted.target), note)
        )
        try:
            while not (await asyncio.wait((making,), timeout=_BETWEEN_REPORTS))[0]:
                yield {"type": "progress", "copied": progress[0], "total": progress[1]}
            yield {"type": "made", **present_backup(await making)}
        finally:
            making.cancel()
