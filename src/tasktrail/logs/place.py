"""Where the logs of a data directory are."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tasktrail.logs.segment import index_path

_TASKS_PER_DIRECTORY = 1000
_NAME = re.compile(r"(\d+)-(\d+)\.log")


class LogName(NamedTuple):
    """Which log: that of one attempt (counted from 1) at a step of a task."""

    task_id: int
    step_id: int
    attempt: int

    @property
    def path(self) -> str:
        """Its path below the directory of all logs."""
        group = self.task_id // _TASKS_PER_DIRECTORY
        return f"{group}/{self.task_id}/{self.step_id}-{self.attempt}.log"

    def stored_under(self, prefix: str) -> str:
        """Its key in a store; `prefix` keeps the logs of several installations apart."""
        return f"{prefix}/{self.path}"


@dataclass(frozen=True, slots=True)
class LogPlace:
    """The directory that holds all logs, one file per attempt at a step.

    Directories and files come into being with the first byte of a log: most steps print nothing.
    """

    root: Path
    _removing: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @contextlib.contextmanager
    def kept(self) -> Generator[None]:
        """Nothing is removed meanwhile: `remove` waits. Not for the event loop."""
        with self._removing:
            yield

    def task_directory(self, task_id: int) -> Path:
        """Where the logs of a task are; it does not exist while the task has printed nothing."""
        return self.root / str(task_id // _TASKS_PER_DIRECTORY) / str(task_id)

    def path(self, task_id: int, step_id: int, attempt: int) -> Path:
        """The log of one attempt (counted from 1) at a step."""
        return Path(f"{self.root}/{LogName(task_id, step_id, attempt).path}")

    def names(self) -> Iterator[LogName]:
        """The logs that have a file here, in no order; they may come and go meanwhile."""
        for group in _entries(self.root):
            for task in _entries(group):
                for path in _entries(task):
                    name = self.name_of(path)
                    if name is not None:
                        yield name

    def name_of(self, path: Path) -> LogName | None:
        """The log whose file that is; None where it is no log's."""
        found = _NAME.fullmatch(path.name)
        if found is None or not path.parent.name.isdecimal():
            return None
        return LogName(int(path.parent.name), int(found[1]), int(found[2]))

    def remove(self, name: LogName) -> None:
        """Remove the file of a log, if there is one, and directories that are empty then.

        Raises:
            OSError: it cannot be removed.
        """
        path = self.path(*name)
        with self._removing:
            index_path(path).unlink(missing_ok=True)  # readers do without, and it is not left alone
            path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                path.parent.rmdir()


def _entries(directory: Path) -> list[Path]:
    """What is in a directory; nothing where it is none, or was removed meanwhile."""
    try:
        return list(directory.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
