"""How long logs are kept."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from tasktrail.model.instant import Instant, after

LONGEST_AGE = 1000 * 365 * 86400.0
"""Seconds; no limit may be longer, so that every sum of times stays a time."""


class Retention(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits for the finished logs of an organization, and for histories; None is no limit.

    Attributes:
        age: seconds that a log is kept after the end of its task.
        size: bytes that all logs may take, as they are stored.
        history: seconds that histories are kept: after that the months go that are over.
    """

    age: Annotated[float, Meta(ge=0, le=LONGEST_AGE)] | None = None
    size: Annotated[int, Meta(ge=0)] | None = None
    history: Annotated[float, Meta(ge=0, le=LONGEST_AGE)] | None = None

    def __bool__(self) -> bool:
        """Whether logs have a limit."""
        return self.age is not None or self.size is not None


class KeptLog(NamedTuple):
    """The log of an attempt at a step of a task that has ended, and the bytes that it takes."""

    task_id: int
    step_id: int
    attempt: int
    ended_at: Instant
    size: int


def expired(logs: Iterable[KeptLog], retention: Retention, now: Instant) -> list[KeptLog]:
    """Those of `logs`, which come newest first, that are to be removed.

    The logs of a task go together. From the first task on that is too much, all older ones go.
    """
    removed: list[KeptLog] = []
    kept_size = 0
    full = False
    for _, of_task in groupby(logs, key=lambda log: log.task_id):
        some = list(of_task)
        kept_size += sum(log.size for log in some)
        full = full or (retention.size is not None and kept_size > retention.size)
        if full or _too_old(some[0], retention, now):
            removed += some
    return removed


def _too_old(log: KeptLog, retention: Retention, now: Instant) -> bool:
    return retention.age is not None and after(log.ended_at, retention.age) <= now
