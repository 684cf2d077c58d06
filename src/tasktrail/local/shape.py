"""The answers of the operations, as far as readers rely on them.

The JSON follows the REST contract; a reader ignores what it does not know, and does without what
is missing. Times are aware datetimes.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec import Struct, field

from tasktrail.errors import ConnectionLostError
from tasktrail.model.plan import DEFAULT_POOL
from tasktrail.model.status import Status

_S = TypeVar("_S")


class Shape(Struct, frozen=True, kw_only=True, rename="camel"):
    """Part of an answer."""


class Accepted(Shape, frozen=True, kw_only=True, rename="camel"):
    """The answer to a request that made or changed a task."""

    task_id: int


class Person(Shape, frozen=True, kw_only=True, rename="camel"):
    """Who did something, as it was at that time (M6)."""

    name: str = ""
    kind: str = ""
    role: str | None = None


class Process(Shape, frozen=True, kw_only=True, rename="camel"):
    """An OS process that a receipt names."""

    pid: int
    name: str


class Receipt(Shape, frozen=True, kw_only=True, rename="camel"):
    """How the processes of an attempt ended: see `tasktrail.model.receipt`."""

    stop_signal: str | None = None
    signalled: tuple[Process, ...] = ()
    killed: tuple[Process, ...] = ()
    survived: tuple[Process, ...] = ()
    left_behind: tuple[Process, ...] = ()
    proof: str | None = None


class Attempt(Shape, frozen=True, kw_only=True, rename="camel"):
    """One try at a step. `retry_at`: when the next one is due."""

    number: int
    status: Status
    started_at: datetime | None = None
    ended_at: datetime | None = None
    exit_code: int | None = None
    signal: str | None = None
    message: str | None = None
    receipt: Receipt | None = None
    retry_at: datetime | None = None


class Step(Shape, frozen=True, kw_only=True, rename="camel"):
    """One step of a job."""

    id: int
    name: str
    status: Status
    position: int = 0
    is_system: bool = False
    started_at: datetime | None = None
    ended_at: datetime | None = None
    exit_code: int | None = None
    message: str | None = None
    log_lines: int | None = None
    attempts: tuple[Attempt, ...] = ()


class Job(Shape, frozen=True, kw_only=True, rename="camel"):
    """One job of a task. `pool` is that of the machines that may carry it out."""

    name: str
    status: Status
    title: str = ""
    after: tuple[str, ...] = ()
    pool: str = DEFAULT_POOL
    is_system: bool = False
    started_at: datetime | None = None
    ended_at: datetime | None = None
    steps: tuple[Step, ...] = ()


class Wait(Shape, frozen=True, kw_only=True, rename="camel"):
    """What a pending task waits for, and who holds it."""

    kind: str
    name: str = ""
    task_id: int | None = None
    position: int | None = None
    until: datetime | None = None


class TellingLine(Shape, frozen=True, kw_only=True, rename="camel"):
    """A line of a log that explains a failure. `severity`: error, consequence, warning or none."""

    line: int
    text: str
    level: str = "stdout"
    severity: str = "none"


class TaskError(Shape, frozen=True, kw_only=True, rename="camel"):
    """Why a task failed. `reference` is what support looks up, and `contact_support` says whether
    there is a reason to have it do so; `lines` are of the step's log."""

    kind: str = field(name="class", default="user")
    message: str = ""
    reference: str | None = None
    contact_support: bool = False
    job_name: str | None = None
    step_name: str | None = None
    detail: str | None = None
    lines: tuple[TellingLine, ...] = ()


class Resource(Shape, frozen=True, kw_only=True, rename="camel"):
    """A thing of the platform that a task is about."""

    kind: str
    id: int | str


class Project(Shape, frozen=True, kw_only=True, rename="camel"):
    """A project that a task links (M10)."""

    id: int | str
    title: str = ""


class Task(Shape, frozen=True, kw_only=True, rename="camel"):
    """A task with its jobs and steps."""

    id: int
    name: str
    status: Status
    title: str = ""
    progress: float = 0
    silent: bool = False
    immediate: bool = False
    forced: bool = False
    rerunnable: str | None = None
    timeout: float | None = None
    author: Person | None = None
    projects: tuple[Project, ...] = ()
    resources: tuple[Resource, ...] = ()
    inputs: dict[str, object] = {}
    waiting_on: tuple[Wait, ...] = ()
    error: TaskError | None = None
    origin_task_id: int | None = None
    spawned_task_ids: tuple[int, ...] = ()
    repeated_task_id: int | None = None
    rerun_task_ids: tuple[int, ...] = ()
    jobs: tuple[Job, ...] = ()
    created_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


class TreeItem(Shape, frozen=True, kw_only=True, rename="camel"):
    """A task below another one in a tree view."""

    task: Task
    parent_id: int


class TaskList(Shape, frozen=True, kw_only=True, rename="camel"):
    """A page of tasks, newest first. `tree_items` are the tasks below `items` in a tree view."""

    items: tuple[Task, ...]
    tree_items: tuple[TreeItem, ...] | None = None
    tree_truncated: bool = False
    total_count: int = 0
    next_page: int | None = None


class Event(Shape, frozen=True, kw_only=True, rename="camel"):
    """One entry of a task's history. `before` and `after` are statuses."""

    at: datetime
    kind: str
    job_name: str | None = None
    step_name: str | None = None
    before: str | None = field(name="from", default=None)
    after: str | None = field(name="to", default=None)
    by: Person | None = None
    message: str | None = None


class History(Shape, frozen=True, kw_only=True, rename="camel"):
    """The history of a task, oldest first."""

    items: tuple[Event, ...]
    total_count: int = 0


class TaskChanged(Shape, frozen=True, kw_only=True, tag="task", rename="camel"):
    """A watched task, at first and after every change."""

    task: Task


class LogLine(Shape, frozen=True, kw_only=True, tag="log", rename="camel"):
    """One line of a step's log. `level` is stdout, stderr or system."""

    job: str
    step: str
    text: str
    level: str = "stdout"
    step_id: int = 0
    attempt: int = 1
    line: int = 0
    time: datetime | None = None


def read(answer: object, shape: type[_S]) -> _S:
    """`answer` as `shape`.

    Raises:
        ConnectionLostError: it is something else, so the other end is not what it should be.
    """
    try:
        return msgspec.convert(answer, shape)
    except msgspec.ValidationError as error:
        raise ConnectionLostError(f"the engine gave an answer of another form: {error}") from error
