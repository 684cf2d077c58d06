"""A plan and records in which no field has its default."""

from __future__ import annotations

from msgspec.structs import replace

from tasktrail.model.author import superadmin
from tasktrail.model.instant import Instant, after
from tasktrail.model.job import Job
from tasktrail.model.outcome import Failed, TimedOut, TimeLimit
from tasktrail.model.plan import (
    CommandAction,
    DefinitionSource,
    JobPlan,
    PythonAction,
    Rerunnable,
    Resource,
    RetryOn,
    RetryPolicy,
    SpawnAction,
    StepPlan,
    SystemAction,
    SystemWork,
    TaskPlan,
    When,
)
from tasktrail.model.receipt import Means, ProcessNote, TerminationReceipt
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status
from tasktrail.model.step import Attempt, LogSummary, Step
from tasktrail.model.task import CancelRequest, ErrorClass, ErrorRecord, Task
from tasktrail.model.template import Template

_COMMAND = StepPlan(
    name="Wheel",
    action=CommandAction(run="make wheel", shell="bash -e"),
    when=When.ALWAYS,
    timeout=90.5,
    grace=1.5,
    stop_signal="SIGINT",
    retry=RetryPolicy(
        attempts=3, backoff=0.1, factor=3, max_backoff=9, on=(RetryOn.USER, RetryOn.SYSTEM)
    ),
    retry_safe=True,
    allow_failure=True,
    env={"A": "b", "T": Template("{{ inputs.size }}")},
    working_directory=Template("{{ inputs.name }}"),
    system=True,
)
_OTHERS = (
    StepPlan(
        name="call",
        action=PythonAction(
            function="a.b:c",
            root="/r",
            arguments={"n": 1, "x": None, "t": Template("{{ task.id }}")},
        ),
    ),
    StepPlan(
        name="spawn", action=SpawnAction(target="t", root="/r", inputs={"f": 0.1}, wait=False)
    ),
    StepPlan(
        name="clone", action=SystemAction(work=SystemWork.CLONE, arguments={"depth": 1, "b": True})
    ),
)

FULL_PLAN = TaskPlan(
    definition="release",
    title="Release 🦊",
    jobs=(
        JobPlan(name="build", steps=(_COMMAND, *_OTHERS)),
        JobPlan(
            name="ship",
            steps=_OTHERS,
            title="Ship it",
            after=("build",),
            when=When.ON_FAILURE,
            timeout=10.0,
            env={"P": "8080"},
            locks=("builder",),
            pool="eu-1",
            system=True,
        ),
    ),
    source=DefinitionSource(target="/x/release.yml", root="/x"),
    timeout=5400.0,
    grace=0.0,
    env={"E": Template("{{ inputs.dry }}")},
    locks=("cluster:7",),
    fail_fast=True,
    rerunnable=Rerunnable.NEVER,
    rerun_hook=True,
    support=True,
    projects=("shop",),
    resources=(Resource("cluster", 7), Resource("cluster", "7"), Resource("node", "n-1")),
    secret_inputs=("token",),
)


def full_records(state: TaskState) -> tuple[Task, Job, tuple[Step, Step], tuple[Attempt, Attempt]]:
    """New versions of the records of a task with one job of two steps, all fields set."""
    now = state.task.created_at
    first, second = state.steps.values()
    error = ErrorRecord(
        kind=ErrorClass.SYSTEM, message="gone", step_id=first.id, reference="r-1", detail="Trace"
    )
    cancel = CancelRequest(at=after(now, 2), by=superadmin(), forced=True)
    task = replace(
        state.task,
        status=Status.FAILED,
        updated_at=after(now, 9),
        started_at=after(now, 1),
        ended_at=after(now, 9),
        locked=False,
        cancel=cancel,
        limit_reached_at=after(now, 3),
        stopped=Status.TIMED_OUT,
        error=error,
    )
    job = replace(
        state.jobs[first.job_id],
        status=Status.CANCELING,
        claim="mine",
        started_at=after(now, 1),
        limit_reached_at=after(now, 3),
        stopped=Status.CANCELED,
        given_up=("theirs", "also theirs"),
    )
    receipt = TerminationReceipt(
        means=tuple(Means),
        stop_signal="SIGTERM",
        signalled=(ProcessNote(1, "sh"),),
        killed=(ProcessNote(2, "sleep"),),
        survived=(ProcessNote(3, "zombie ü"),),
        left_behind=(ProcessNote(4, "nohup"),),
        proof="cgroup unpopulated",
        asked_at=after(now, 4),
        ended_at=after(now, 5),
    )
    steps = (
        replace(
            first,
            status=Status.FAILED,
            attempts=2,
            started_at=after(now, 1),
            ended_at=after(now, 5),
            outputs={"wheel": "a.whl", "odd": "\0\n"},
            exit_code=-9,
            warning="it shook",
            error=error,
        ),
        replace(second, status=Status.BACKED_OFF, attempts=1, retry_at=Instant(2**53 + 1)),
    )
    attempts = (
        Attempt(
            step_id=first.id,
            number=2,
            task_id=state.task.id,
            status=Status.FAILED,
            started_at=after(now, 1),
            ended_at=after(now, 5),
            outcome=Failed(message="no", outputs={"a": "b"}, exit_code=137, signal="SIGKILL"),
            receipt=receipt,
            log=LogSummary(bytes=2**40, lines=3, truncated=True),
        ),
        Attempt(
            step_id=second.id,
            number=1,
            task_id=state.task.id,
            status=Status.TIMED_OUT,
            started_at=now,
            ended_at=now,
            outcome=TimedOut(limit=TimeLimit.JOB, message="late"),
        ),
    )
    return task, job, steps, attempts
