"""What a removal of logs or of histories answers, in the camelCase JSON of the REST contract."""

from __future__ import annotations

from datetime import datetime

from tasktrail.local.shape import Shape


class PrunedTask(Shape, frozen=True, kw_only=True, rename="camel"):
    """A task whose logs were removed, how many, and the bytes that they took as stored."""

    task_id: int
    ended_at: datetime
    logs: int
    bytes: int


class PrunedLogs(Shape, frozen=True, kw_only=True, rename="camel"):
    """All tasks whose logs were removed; `task_id` is the task that says so, if any were."""

    items: tuple[PrunedTask, ...] = ()
    total_count: int = 0
    logs: int = 0
    bytes: int = 0
    task_id: int | None = None


class ForgottenMonth(Shape, frozen=True, kw_only=True, rename="camel"):
    """A month whose histories were removed, such as `2026-11`, and the bytes that they took."""

    month: str
    bytes: int


class ForgottenMonths(Shape, frozen=True, kw_only=True, rename="camel"):
    """All months whose histories were removed; `task_id` is the task that says so, if any were."""

    items: tuple[ForgottenMonth, ...] = ()
    total_count: int = 0
    bytes: int = 0
    task_id: int | None = None
