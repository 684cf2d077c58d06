"""The append-only history of a task: one event for every change of a status."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from tasktrail.model.author import Author
from tasktrail.model.instant import Instant
from tasktrail.model.status import Status


class EventKind(StrEnum):
    """What happened."""

    RECORDED = "recorded"
    STATUS = "status"
    ATTEMPT = "attempt"
    CANCEL_ASKED = "cancel_asked"
    TIME_LIMIT = "time_limit"
    LOCK_GRANTED = "lock_granted"
    SPAWNED = "spawned"
    RERUN = "rerun"
    PROJECT_MADE = "project_made"


class Event(Struct, frozen=True, kw_only=True):
    """One entry of the history. `by` is None when the engine itself acted."""

    task_id: int
    at: Instant
    kind: EventKind
    job_id: int | None = None
    step_id: int | None = None
    from_status: Status | None = None
    to_status: Status | None = None
    by: Author | None = None
    message: str | None = None
