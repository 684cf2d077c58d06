"""What a verification looks for, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Invariant(Enum):
    """What is true of every data directory, at every moment. The order is that of the report."""

    WHOLE = "every accepted task is there, whole, and once"
    TRANSITIONS = "every status change follows the table and is in the history; times never go back"
    OWNERS = "an attempt has one owner at most, a lock one holder"
    ORDER = "steps of a job never overlap; a job starts after what it needs"
    FINAL = "final statuses never change"
    WARNINGS = "only forgiven user errors end with warnings"
    FAILURES = "what failed says where"
    LOGS = "every attempt that ended has a closed log without a gap"
    PROCESSES = "no process is left of an attempt that ended"
    LISTS = "what is summed up for lists is what the records say"
    DATABASE = "the database is undamaged"


@dataclass(frozen=True, slots=True)
class Finding:
    """An invariant that does not hold. `task_id` is None where it is no matter of one task."""

    invariant: Invariant
    message: str
    task_id: int | None = None

    def __str__(self) -> str:
        return self.message if self.task_id is None else f"task {self.task_id}: {self.message}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and everything that was found."""

    tasks: int
    attempts: int
    findings: tuple[Finding, ...]

    def of(self, invariant: Invariant) -> tuple[Finding, ...]:
        """What was found against one invariant."""
        return tuple(found for found in self.findings if found.invariant is invariant)
