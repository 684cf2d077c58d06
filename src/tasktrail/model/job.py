"""The record of a job (M2)."""

from __future__ import annotations

from msgspec import Struct

from tasktrail.model.instant import Instant
from tasktrail.model.status import Status


class Job(Struct, frozen=True, kw_only=True):
    """One node of a task's graph; what it does stands in the plan under the same name.

    Attributes:
        position: from 0, the place of the job in its plan.
        claim: token of the job execution that owns it; None when nobody does. Writes of a worker
            carry it and a stale one is refused.
        given_up: claims by which nobody takes the job any more: those to whom it was given have
            gone, and what they asked for may still come. The last few of them.
        stopped: `canceled` or `timed_out` once a stop has kept one of its steps from its end.
    """

    id: int
    task_id: int
    position: int
    name: str
    status: Status
    claim: str | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    limit_reached_at: Instant | None = None
    stopped: Status | None = None
    given_up: tuple[str, ...] = ()
