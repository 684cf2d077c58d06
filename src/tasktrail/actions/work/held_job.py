"""A job in the hands of a worker, and what that lets the worker do."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.errors import NotFoundError, StaleClaimError, TasktrailError
from tasktrail.model.job import Job
from tasktrail.model.state import TaskState
from tasktrail.model.status import RUNNING
from tasktrail.model.step import Step
from tasktrail.model.worker import Worker


@dataclass(frozen=True, slots=True)
class HeldJob:
    """A job that a worker says to hold by `claim`."""

    task_id: int
    job_id: int
    claim: str


class BackedOffError(TasktrailError):
    """A job is not to be had yet: a step of it is tried again in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the job is backed off for {seconds:.1f} s")
        self.seconds = seconds


def job_of_pool(state: TaskState, worker: Worker, job_id: int) -> Job:
    """The job, which is one of the worker's pool.

    Raises:
        NotFoundError: there is no such job in the task, or it is for another pool.
    """
    job = state.jobs.get(job_id)
    if job is None or state.job_plan(job).pool != worker.pool:
        raise NotFoundError(f"there is no job {job_id} in the pool {worker.pool}")
    return job


def own_job(state: TaskState, worker: Worker, held: HeldJob) -> Job:
    """The job, which is really the worker's.

    Raises:
        NotFoundError: there is no such job in the pool.
        StaleClaimError: it is not, or no longer, this worker's.
    """
    job = job_of_pool(state, worker, held.job_id)
    if job.claim != held.claim:
        raise StaleClaimError(f"the job {held.job_id} is no longer this worker's")
    return job


def step_of(state: TaskState, held: HeldJob, step_id: int) -> Step:
    """A step of the job.

    Raises:
        NotFoundError: the job has no such step.
    """
    step = state.steps.get(step_id)
    if step is None or step.job_id != held.job_id:
        raise NotFoundError(f"there is no step {step_id} in the job {held.job_id}")
    return step


def running_attempt(state: TaskState, held: HeldJob, step_id: int, attempt: int) -> Step:
    """The step of the job whose current attempt that is.

    Raises:
        NotFoundError: the job has no such step.
        StaleClaimError: the attempt is over, or there was none such.
    """
    step = step_of(state, held, step_id)
    if step.attempts != attempt or step.status not in RUNNING:
        raise StaleClaimError(f"attempt {attempt} at step {step_id} is over")
    return step
