"""What an engine that works elsewhere has to do for one task, as things stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tasktrail.model.attention import FORESEEN
from tasktrail.model.due import due_of
from tasktrail.model.instant import Instant
from tasktrail.model.job import Job
from tasktrail.model.standing_stops import standing_stops
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status

MOST_GIVEN = 1000
"""Jobs of a task that are given to workers at once: a Temporal server allows 2,000 activities."""


@dataclass(frozen=True)
class GivenJob:
    """A job that was given to a worker, who claims it, or has claimed it, by `claim`."""

    job_id: int
    claim: str


@dataclass(frozen=True)
class ReadyJob:
    """A job that is to be given to a worker of `pool`."""

    job_id: int
    pool: str


@dataclass(frozen=True)
class Orders:
    """What is to be done for a task.

    Attributes:
        begin: ready jobs that nobody was given yet, in the order of the plan.
        stop: given jobs that are to be stopped, or that are not their worker's any more.
        due: seconds until the task has to be looked at again by itself; None where that never is.
        ended: whether the task will never change again.
        strange: jobs that are being carried out, and are not among the given ones.
    """

    begin: list[ReadyJob]
    stop: list[int]
    due: float | None
    ended: bool
    strange: list[GivenJob] = field(default_factory=list[GivenJob])


def orders_of(state: TaskState, given: Sequence[GivenJob], room: int, now: Instant) -> Orders:
    """What is to be done for a task of which some jobs are `given` already, and not more than
    `room` others should be."""
    ended = state.task.status.final
    if ended:
        return Orders(begin=[], stop=[one.job_id for one in given], due=None, ended=True)
    known = {one.job_id for one in given}
    ready = [job for job in state.jobs.values() if job.status is Status.QUEUED]
    new = sorted(job.id for job in ready if job.id not in known)
    return Orders(
        begin=[ReadyJob(one, state.job_plan(state.jobs[one]).pool) for one in new[: max(0, room)]],
        stop=_stops(state, given),
        due=min(_waits(state, ready, now), default=None),
        ended=False,
        strange=list(_strange(state, given)),
    )


def _stops(state: TaskState, given: Sequence[GivenJob]) -> list[int]:
    ordered = {order.job_id for order in standing_stops(state)}
    return [one.job_id for one in given if _to_stop(state.jobs[one.job_id], one.claim, ordered)]


def _to_stop(job: Job, claim: str, ordered: set[int]) -> bool:
    if job.claim == claim:
        return job.id in ordered
    return job.claim is not None or job.status.final


def _strange(state: TaskState, given: Sequence[GivenJob]) -> Iterator[GivenJob]:
    claims = {one.claim for one in given}
    for job in state.jobs.values():
        if job.claim is not None and job.claim not in claims:
            yield GivenJob(job.id, job.claim)


def _waits(state: TaskState, ready: Sequence[Job], now: Instant) -> Iterator[float]:
    """What is due by itself, and the limits of ready jobs as if they started now: nobody says when
    they do."""
    for due in due_of(state, now):
        yield due.seconds
    for job in ready:
        timeout = state.job_plan(job).timeout
        if timeout is not None and job.started_at is None and timeout >= FORESEEN:
            yield timeout
    if ready and state.task.started_at is None and state.plan.time_limit >= FORESEEN:
        yield state.plan.time_limit
