"""The one status of tasks, jobs and steps, and the only table of its transitions (M5)."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where a task, job or step stands. Stored and served by value, shown by `label`."""

    PENDING = "pending"
    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    BACKED_OFF = "backed_off"
    CANCELING = "canceling"
    DONE = "done"
    DONE_WITH_WARNINGS = "done_with_warnings"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELED = "canceled"
    SKIPPED = "skipped"

    # Statuses are looked up all the time: as the strings that they are, that takes no Python code.
    __hash__ = str.__hash__

    @property
    def label(self) -> str:
        """The status as people read it: `done with warnings`."""
        return self.value.replace("_", " ")

    @property
    def final(self) -> bool:
        """Whether it never changes again."""
        return self in FINAL


FINAL = frozenset(
    {
        Status.DONE,
        Status.DONE_WITH_WARNINGS,
        Status.FAILED,
        Status.TIMED_OUT,
        Status.CANCELED,
        Status.SKIPPED,
    }
)
"""Statuses that never change again."""

TASK_STATUSES = tuple(status for status in Status if status is not Status.SKIPPED)
"""The ten statuses of a task; `skipped` is for jobs and steps only."""

RUNNING = frozenset({Status.IN_PROGRESS, Status.CANCELING})
"""Statuses of a job or step that a worker is at."""

WENT_WELL = frozenset({Status.DONE, Status.DONE_WITH_WARNINGS})
"""Final statuses after which the things that depend on it may run."""

_P, _Q, _I, _B, _C = (
    Status.PENDING,
    Status.QUEUED,
    Status.IN_PROGRESS,
    Status.BACKED_OFF,
    Status.CANCELING,
)
_ENDINGS = frozenset({Status.DONE, Status.DONE_WITH_WARNINGS, Status.FAILED, Status.TIMED_OUT})
_CANCELED = frozenset({Status.CANCELED})

TASK_TRANSITIONS: dict[Status, frozenset[Status]] = {
    _P: frozenset({_Q, Status.DONE, Status.DONE_WITH_WARNINGS, Status.FAILED, Status.CANCELED}),
    _Q: frozenset({_P, _I, _C, Status.FAILED, Status.CANCELED}),
    _I: frozenset({_B, _C, _Q}) | _ENDINGS,
    _B: frozenset({_Q, _C}),
    _C: _CANCELED | _ENDINGS,
}
"""Which status of a task may follow which. What cannot happen is not in it.

A task of whose jobs none has anything to do (they wait for a failure that cannot come) is done at
once. It goes from in_progress back to queued when its worker died and what is left of it waits for
a free slot, and from queued to canceling when a job that had started before still has to clean up.
It fails, or is done with warnings, without having started when its jobs would wait for themselves
at their locks; with fail_fast that takes the queued jobs along, and leaves it pending if there is
a roll-back that waits for a lock.
The clock of a task starts with its first job, so what never started cannot time out; and a job that
backs off has a workspace to remove, so a backed-off task never ends directly.
"""

PART_TRANSITIONS: dict[Status, frozenset[Status]] = {
    _P: frozenset({_Q, _I, Status.SKIPPED, Status.DONE_WITH_WARNINGS, Status.FAILED}),
    _Q: frozenset({_I, Status.SKIPPED, Status.CANCELED, Status.TIMED_OUT}),
    _I: frozenset({_B, _C, _Q}) | _ENDINGS | _CANCELED,
    _B: frozenset({_Q, Status.CANCELED, Status.TIMED_OUT}),
    _C: frozenset({_Q, _B}) | _CANCELED | _ENDINGS,
}
"""Which status of a job or step may follow which.

Beside the task's: what never ran is skipped; a step starts from pending, in the decision that ends
the one before it, and a job and its first step end there when the job would wait for itself at its
locks; what a dead worker had started goes back to queued; the clean-up of a job that is being
stopped may back off; a part may be canceled without a cancel of the task (fail_fast).
"""


def parse_status(text: str) -> Status:
    """The status that `text` spells: any case, with `-`, `_`, `+` or spaces.

    Raises:
        ValueError: no status is spelled so.
    """
    return Status(text.strip().lower().replace("-", "_").replace(" ", "_").replace("+", "_"))
