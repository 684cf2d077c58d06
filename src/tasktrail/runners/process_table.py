"""The process table, looked at once for all trees that are being stopped at about the same time."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tasktrail.runners.os_process import OsProcess, every_process

_SHORTEST_AGE, _LONGEST_AGE = 0.01, 0.25
_REST = 4
"""A look is good for so many times what it took: looking takes a fifth of the loop at most, however
many processes there are and however many trees are being stopped."""


@dataclass(frozen=True, slots=True)
class Look:
    """All processes at one moment. Later looks have higher numbers; good for `age` seconds."""

    number: int
    processes: tuple[OsProcess, ...]
    age: float


class ProcessTable:
    """Keeps the latest look."""

    def __init__(self) -> None:
        self._latest = Look(0, (), 0.0)
        self._until = 0.0

    @property
    def number(self) -> int:
        """The number of the latest look."""
        return self._latest.number

    def fresh(self) -> Look:
        """A look that is taken now."""
        begun = time.monotonic()
        processes = tuple(every_process())
        ended = time.monotonic()
        age = min(_LONGEST_AGE, max(_SHORTEST_AGE, _REST * (ended - begun)))
        self._latest = Look(self._latest.number + 1, processes, age)
        self._until = ended + age
        return self._latest

    def recent(self) -> Look:
        """The latest look if it is still good, or else a new one."""
        return self._latest if time.monotonic() < self._until else self.fresh()


PROCESS_TABLE = ProcessTable()
"""The table of this machine."""
