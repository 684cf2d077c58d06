"""Backing up an installation while it works, and recording that (M11)."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.record import Recording, record
from tasktrail.errors import ConflictError, DataDirectoryError, InvalidInputError
from tasktrail.logs.copying import Progress, copy_logs
from tasktrail.logs.place import LogPlace
from tasktrail.model.access import Actor
from tasktrail.model.caller import operator

DEFINITION = "backup"
"""The name of the tasks that say what was backed up."""

Snapshot = Callable[[Path], int]
"""Copies the records as of one moment to a new file; returns the number of tasks in it."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What is in a backup: tasks, logs, the bytes of the logs; and the task that says so."""

    directory: Path
    tasks: int
    logs: int
    log_bytes: int
    task_id: int


class Backup:
    """Makes copies of a data directory. A copy is a data directory itself: to restore is to use it.

    Records come first, as they stand at one moment, and logs then, while none is removed: a log
    only grows, so that all of what the records say of it is there. Beside them the settings and
    the definitions. The copy has no identity of its own yet, so that it takes nobody's processes
    for left over; it gets one with its first use.
    """

    def __init__(
        self, decisions: Decisions, data: Path, snapshot: Snapshot | None, place: LogPlace
    ) -> None:
        self._decisions = decisions
        self._data = data
        self._snapshot = snapshot
        self._place = place
        self._one_at_a_time = asyncio.Lock()

    async def make(self, actor: Actor, target: Path, told: Progress) -> BackedUp:
        """Back up to the new directory `target`, which is not there before all of it is.

        Raises:
            InvalidInputError: there is something at `target` already, or it is no absolute path.
            ConflictError: the records are not in this data directory.
            DataDirectoryError: the copy cannot be written.
            StoreUnavailableError: the records cannot be read.
        """
        snapshot = self._checked(target)
        async with self._one_at_a_time:
            draft = target.with_name(f".{target.name}.unfinished")
            try:
                return await self._make(actor, target, draft, snapshot, told)
            except OSError as error:
                raise DataDirectoryError(
                    f"the backup {target} cannot be written: {error.strerror or error}"
                ) from error
            finally:
                await asyncio.to_thread(shutil.rmtree, draft, ignore_errors=True)

    def _checked(self, target: Path) -> Snapshot:
        if not target.is_absolute():
            raise InvalidInputError(f"{target} is no absolute path")
        if target.exists() or target.is_symlink():
            raise InvalidInputError(
                f"{target} exists already", hint="name a directory that does not exist yet"
            )
        if self._snapshot is None:
            raise ConflictError(
                "the records are in PostgreSQL, which has a backup of its own",
                hint="use pg_dump, and copy the directory of the logs after it",
            )
        return self._snapshot

    async def _make(
        self, actor: Actor, target: Path, draft: Path, snapshot: Snapshot, told: Progress
    ) -> BackedUp:
        shutil.rmtree(draft, ignore_errors=True)  # of a backup that was killed
        draft.mkdir(mode=0o700, parents=True)
        tasks, logs, size = await asyncio.to_thread(self._fill, draft, snapshot, told)
        draft.rename(target)
        _sync_directory(target.parent)
        title = f"Backed up {tasks} tasks and {logs} logs, {size} bytes of logs, to {target}"
        task_id = await record(
            self._decisions, operator(actor), Recording(name=DEFINITION, title=title)
        )
        return BackedUp(target, tasks, logs, size, task_id)

    def _fill(self, draft: Path, snapshot: Snapshot, told: Progress) -> tuple[int, int, int]:
        with self._place.kept():
            tasks = snapshot(draft / "tasktrail.db")
            logs, size = copy_logs(self._place, draft / "logs", told)
        self._copy_settings(draft)
        return tasks, logs, size

    def _copy_settings(self, draft: Path) -> None:
        for name in ("config.toml", "identity"):
            if (self._data / name).exists():
                shutil.copy2(self._data / name, draft / name)
        if (self._data / "definitions").is_dir():
            shutil.copytree(self._data / "definitions", draft / "definitions", symlinks=True)
        for directory in (draft, *(path for path in draft.rglob("*") if path.is_dir())):
            _sync_directory(directory)


def present_backup(made: BackedUp) -> dict[str, Any]:
    """What was backed up, as JSON."""
    return {
        "directory": str(made.directory),
        "tasks": made.tasks,
        "logs": made.logs,
        "logBytes": made.log_bytes,
        "taskId": made.task_id,
    }


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
