"""Where the finished log of an attempt is, when it is not, or no longer, in the data directory."""

from __future__ import annotations

from msgspec import Struct

from tasktrail.model.instant import Instant


class LogPlacement(Struct, frozen=True, kw_only=True, rename="camel"):
    """What became of the log of an attempt after it was finished.

    Attributes:
        store, key: the object that holds it, from `stored_at` on.
        size, digest: of the log file in bytes, and its SHA-256.
        removed_at, removed_by: when retention removed it, and the task that says so.
        erased_at: since when nothing of it is left anywhere.
    """

    task_id: int
    step_id: int
    attempt: int
    store: str | None = None
    key: str | None = None
    size: int | None = None
    digest: str | None = None
    stored_at: Instant | None = None
    removed_at: Instant | None = None
    removed_by: int | None = None
    erased_at: Instant | None = None
