"""Where the logs of a data directory are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_TASKS_PER_DIRECTORY = 1000


@dataclass(frozen=True, slots=True)
class LogPlace:
    """The directory that holds all logs, one file per attempt at a step.

    Directories and files come into being with the first byte of a log: most steps print nothing.
    """

    root: Path

    def task_directory(self, task_id: int) -> Path:
        """Where the logs of a task are; it does not exist while the task has printed nothing."""
        return self.root / str(task_id // _TASKS_PER_DIRECTORY) / str(task_id)

    def path(self, task_id: int, step_id: int, attempt: int) -> Path:
        """The log of one attempt (counted from 1) at a step."""
        group = task_id // _TASKS_PER_DIRECTORY
        return Path(f"{self.root}/{group}/{task_id}/{step_id}-{attempt}.log")
