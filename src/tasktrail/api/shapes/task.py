"""Tasks with their jobs and steps (rest-contract.md, "Tasks")."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tasktrail.api.shapes.examples import TASK
from tasktrail.api.shapes.history import EventAuthor
from tasktrail.api.shapes.shape import Moment, Shape
from tasktrail.api.shapes.step import TaskStep
from tasktrail.model.author import AuthorKind, Role
from tasktrail.model.plan import JsonValue, Rerunnable, When
from tasktrail.model.status import Status
from tasktrail.model.task import ErrorClass


class Author(Shape):
    """Who it is by, as of then. `id` is null for the robot and for Superadmin."""

    kind: AuthorKind
    id: int | None
    name: str
    role: Role | None


class User(Shape):
    """The author as older clients read it; `id` is 0 for who is no person."""

    id: int
    name: str


class Project(Shape):
    """A project that a task links."""

    id: int
    title: str


class Resource(Shape):
    """A thing of the platform that a task is about."""

    kind: str
    id: int | str


class TaskJob(Shape):
    """One job of a task. `after` holds the names of the jobs that come before it, `pool` that of
    the machines that may carry it out; `timeout` is in seconds. `hiddenSteps` is how many steps of
    the system it has that are not among `steps`, for who may know of them, else 0."""

    id: int
    name: str
    title: str
    status: Status
    status_title: str
    after: list[str]
    when: When
    pool: str
    timeout: int
    is_system: bool
    system: bool
    steps: list[TaskStep]
    hidden_steps: int
    created_at: Moment
    updated_at: Moment
    started_at: Moment | None
    ended_at: Moment | None


class Wait(Shape):
    """What a task waits for: a time (`until`) or a lock (`taskId` has it, `position` in the queue
    counts from 1)."""

    kind: Literal["time", "lock"]
    name: str
    task_id: int | None = None
    position: int | None = None
    job_name: str | None = None
    until: Moment | None = None


class TellingLine(Shape):
    """A line of the log that explains a failure."""

    line: int
    level: Literal["stdout", "stderr", "system"]
    severity: str
    text: str


class TaskError(Shape):
    """Why a task failed. `reference` is what support looks up; `detail` is there for those who may
    see system steps; `lines` with a single task."""

    kind: ErrorClass = Field(alias="class")
    message: str
    step_id: int | None
    job_name: str | None
    step_name: str | None
    reference: str | None
    contact_support: bool
    detail: str | None = None
    lines: list[TellingLine] = Field(default=[])


class Cancel(Shape):
    """Who asked for a cancel, when, and why, where that was said."""

    at: Moment
    by: EventAuthor
    forced: bool
    reason: str | None


class Task(Shape):
    """One operation: who, what, where it stands.

    `appId` to `providerId` are links of these kinds with integer ids; all links are `resources`.
    `timeout` is in seconds, `progress` in percent. Values of secret inputs are masked.
    `hiddenJobs` is how many jobs of the system it has that are not among `jobs`, for who may know
    of them, else 0.
    """

    model_config = Shape.model_config | {"json_schema_extra": {"examples": [TASK]}}

    id: int
    name: str
    title: str
    execution_scope: Literal["user", "org", "project", "legacy_unknown"]
    status: Status
    progress: Annotated[int, Field(ge=0, le=100)]
    silent: bool
    system: bool
    immediate: bool
    forced: bool
    rerunnable: Rerunnable
    timeout: int
    user_id: int
    user: User
    author: Author
    org_id: int | None
    project_ids: list[int]
    projects: list[Project]
    resources: list[Resource]
    app_id: int | None
    app_instance_id: int | None
    cluster_id: int | None
    integration_id: int | None
    service_id: int | None
    stack_id: int | None
    provider_id: int | None
    origin_task_id: int | None
    spawned_task_ids: list[int]
    repeated_task_id: int | None
    rerun_task_ids: list[int]
    inputs: dict[str, JsonValue]
    waiting_on: list[Wait]
    error: TaskError | None
    cancel: Cancel | None
    jobs: list[TaskJob]
    hidden_jobs: int
    created_at: Moment
    updated_at: Moment
    started_at: Moment | None
    ended_at: Moment | None


class TreeItem(Shape):
    """A task below another one."""

    task: Task
    parent_id: int


class TaskList(Shape):
    """A page of tasks, newest first. `treeItems`: the tasks below `items`, in a tree view only."""

    items: list[Task]
    tree_items: list[TreeItem] | None
    tree_truncated: bool
    total_count: int
    next_page: int | None
