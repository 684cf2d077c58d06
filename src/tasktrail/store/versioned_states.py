"""Task states that a process has read or written last, where other processes write, too."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from tasktrail.model.instant import Instant
from tasktrail.model.state import TaskState

MOST_KEPT = 2_000
"""How many states are kept at most; the one used longest ago goes first."""


class Version(NamedTuple):
    """Which state of a task that is.

    Every decision writes the row of its task, so that the transaction which wrote the row last
    (PostgreSQL's `xmin`) tells of all its parts. Ids of transactions may come again after a
    failover that lost some of them; they do not at the same microsecond.
    """

    transaction: str
    updated_at: Instant


class VersionedStates:
    """States by the version of their tasks. Never the truth: who asks has just read the version.

    Nobody changes a state that is kept; who decides takes a copy. All of it may be called by
    several threads.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._states: OrderedDict[int, tuple[Version, TaskState]] = OrderedDict()

    def find(self, task_id: int, version: Version) -> TaskState | None:
        """The state of a task, if it is kept and of that version."""
        with self._lock:
            kept = self._states.get(task_id)
            if kept is None or kept[0] != version:
                return None
            self._states.move_to_end(task_id)
            return kept[1]

    def keep(self, state: TaskState, version: Version) -> None:
        """Keep a committed state; one that has ended is of no use any more."""
        task_id = state.task.id
        with self._lock:
            if state.task.status.final:
                self._states.pop(task_id, None)
                return
            self._states[task_id] = version, state
            self._states.move_to_end(task_id)
            if len(self._states) > MOST_KEPT:
                self._states.popitem(last=False)
