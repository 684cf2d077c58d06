"""The record of a task (M1)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from tasktrail.model.author import Author
from tasktrail.model.instant import Instant
from tasktrail.model.plan import JsonValue
from tasktrail.model.status import Status


class ErrorClass(StrEnum):
    """Whose error it was (statuses.md, "Two kinds of error")."""

    USER = "user"
    SYSTEM = "system"


class ErrorRecord(Struct, frozen=True, kw_only=True):
    """Why something failed.

    `reference` is there for system errors: what a user gives to support (M19). `detail` (a
    traceback) is only for those who may see system steps. `stopped` says that Tasktrail was stopped
    in an orderly way meanwhile: a system error that support need not look into.
    """

    kind: ErrorClass
    message: str
    step_id: int | None = None
    reference: str | None = None
    detail: str | None = None
    stopped: bool = False


class CancelRequest(Struct, frozen=True, kw_only=True):
    """Who asked for a cancel, when, and whether grace and clean-up are to be left out.

    `by` is None when the engine itself did; `reason` says why, where it is not just asked for.
    """

    at: Instant
    by: Author | None
    forced: bool = False
    reason: str | None = None


class Task(Struct, frozen=True, kw_only=True):
    """One operation: who, what, where it stands.

    Attributes:
        inputs: typed input values; secret ones are not among them.
        stopped: `canceled` or `timed_out` once a cancel or the task's time limit has really kept
            something from running to its end.
        started_at: first start of a job; set once.
        ended_at: set exactly when the status is final.
    """

    id: int
    organization_id: int
    definition: str
    title: str
    status: Status
    author: Author
    created_at: Instant
    updated_at: Instant
    started_at: Instant | None = None
    ended_at: Instant | None = None
    immediate: bool = False
    silent: bool = False
    forced: bool = False
    system: bool = False
    inputs: dict[str, JsonValue] = {}
    origin_task_id: int | None = None
    origin_step_id: int | None = None
    spawn_key: str | None = None
    repeated_task_id: int | None = None
    not_before: Instant | None = None
    locked: bool = True
    """Whether the task still waits for its own locks; meaningless without locks."""
    cancel: CancelRequest | None = None
    limit_reached_at: Instant | None = None
    stopped: Status | None = None
    error: ErrorRecord | None = None
