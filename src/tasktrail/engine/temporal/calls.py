"""What goes through Temporal: names, ids and claims. Its form is that of running workflows: fields
may be added with a default, and none be taken away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from tasktrail.model.orders import GivenJob, Orders

TASK_WORKFLOW = "TaskWorkflow"
"""The type of the workflow of a task."""

LOOK = "look"
"""The signal that something was decided, and the activity that finds out what is to be done."""

CARRY_OUT_JOB = "carry_out_job"
"""The activity that carries out a job, in the queue of a pool."""

HEARTBEAT_TIMEOUT = timedelta(seconds=10)
"""A worker that gave no sign of life for so long is lost."""

LONGEST_HISTORY = 5000
"""Events after which a workflow goes on with a new history as soon as none of its jobs runs."""


def control_queue(installation: str) -> str:
    """The task queue of the processes that have the database. One namespace may serve several
    installations."""
    return f"tasktrail-{installation}-control"


def pool_queue(installation: str, pool: str) -> str:
    """The task queue of the workers of a pool."""
    return f"tasktrail-{installation}-pool-{pool}"


def workflow_id(installation: str, task_id: int) -> str:
    """The id of the workflow of a task."""
    return f"task-{installation}-{task_id}"


@dataclass(frozen=True)
class TaskCall:
    """What the workflow of a task is given. `over` are jobs that no worker is at any more, at which
    it has not looked yet.

    With `orders` it begins with them: they were made in the transaction that the start is about.
    Without, it looks first.
    """

    installation: str
    task_id: int
    longest_history: int = LONGEST_HISTORY
    over: list[GivenJob] = field(default_factory=list[GivenJob])
    orders: Orders | None = None


@dataclass(frozen=True)
class JobCall:
    """What a worker is given: it claims the job by `claim`, and so does nobody else."""

    task_id: int
    job_id: int
    claim: str


@dataclass(frozen=True)
class JobAnswer:
    """What a worker answers that has left a job; one of an older version answers nothing.

    `task_ended` tells that the store has said so to its last report: nothing will ever change any
    more, and there is nothing to look for.
    """

    task_ended: bool = False


@dataclass(frozen=True)
class LookCall:
    """What is to be looked at: a task of which some jobs are `given` to workers.

    `over` are jobs that no worker is at any more, `room` is how many more jobs may be given.
    """

    task_id: int
    given: list[GivenJob]
    over: list[GivenJob]
    room: int
