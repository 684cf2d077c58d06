"""The steps of a task, and the tries at them (rest-contract.md, "Tasks")."""

from __future__ import annotations

from typing import Literal

from tasktrail.api.shapes.shape import Moment, Shape
from tasktrail.model.receipt import Means
from tasktrail.model.status import Status
from tasktrail.model.task import ErrorClass

LogStatus = Literal["persisted", "empty", "pending"]
"""`pending` while lines may still come."""


class Process(Shape):
    """An OS process; never its arguments."""

    pid: int
    name: str


class Receipt(Shape):
    """How the processes of an attempt ended: what was signalled, what had to be killed, what is
    left, and how that is known."""

    means: list[Means]
    stop_signal: str | None
    signalled: list[Process]
    killed: list[Process]
    survived: list[Process]
    left_behind: list[Process]
    proof: str | None
    asked_at: Moment | None
    ended_at: Moment | None


class Attempt(Shape):
    """One try at a step. `retryAt`: when the next one is due."""

    number: int
    status: Status
    started_at: Moment
    ended_at: Moment | None
    exit_code: int | None
    signal: str | None
    message: str | None
    receipt: Receipt | None
    log_bytes: int
    log_lines: int
    retry_at: Moment | None


class Stop(Shape):
    """A stop that a step has not followed yet. `signal` is null where a task that the step has
    started is canceled in place of processes; at `killAt` what is left is killed, null where
    nothing is waited for."""

    asked_at: Moment
    signal: str | None
    kill_at: Moment | None


class TaskStep(Shape):
    """One step of a job. `position` counts from 1; `isSystem` and `system` are the same.
    `maxAttempts`: how often it is tried at most.

    `errorClass` says of a step that failed or warned whose error it was, and is null where nothing
    went wrong.
    """

    id: int
    position: int
    name: str
    status: Status
    log_status: LogStatus
    is_system: bool
    system: bool
    exit_code: int | None
    message: str | None
    error_class: ErrorClass | None
    outputs: dict[str, str]
    log_bytes: int
    log_lines: int
    stop: Stop | None
    attempts: list[Attempt]
    max_attempts: int
    started_at: Moment | None
    ended_at: Moment | None
