"""What a worker is told: which job is its own now, and everything it needs to carry it out."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.actions.identity.right_to_start import keeps_right
from tasktrail.actions.ledger import Ledger
from tasktrail.model.graph import ancestors
from tasktrail.model.happening import JobClaimed, StepEnded
from tasktrail.model.job import Job
from tasktrail.model.outcome import Outcome
from tasktrail.model.plan import JobPlan, StepPlan, TaskPlan
from tasktrail.model.state import TaskState
from tasktrail.model.status import RUNNING
from tasktrail.model.step import Step
from tasktrail.model.task import Task
from tasktrail.store.secrets import secret_inputs, secrets_of

Outputs = dict[str, dict[str, str]]
"""Outputs by the name of the step or job that gave them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A claimed job. `step_outputs` are those of its own steps that have ended, `job_outputs` those
    of the jobs that it needs, directly or not. `hidden` are all values that nobody may be shown:
    those of `secrets`, and those that secrets which were handed on to the task are made of."""

    task: Task
    plan: TaskPlan
    job: Job
    claim: str
    first_step: Step
    step_outputs: Outputs
    job_outputs: Outputs
    secrets: dict[str, str]
    hidden: frozenset[str]

    @property
    def job_plan(self) -> JobPlan:
        """What the job does."""
        return self.plan.jobs[self.job.position]

    def step_plan(self, step: Step) -> StepPlan:
        """What a step of it does."""
        return self.job_plan.steps[step.position]


def claim_job(
    ledger: Ledger, task_id: int, job_id: int, claim: str, prepared: Outcome | None = None
) -> Assignment | None:
    """Take a queued job; None when it is not to be had any more, or nothing of it has to run.

    `prepared`: see `JobClaimed`. Whoever has lost the right to the task since it was submitted does
    not run it: it is canceled instead.
    """
    if not keeps_right(ledger, task_id):
        return None
    ledger.happen(task_id, JobClaimed(job_id, claim, prepared))
    state = ledger.state(task_id)
    step = _claimed_step(state, job_id, claim)
    if step is None:
        return None
    known = secrets_of(ledger.transaction.connection, task_id) if state.plan.secret_inputs else {}
    job = state.jobs[job_id]
    return Assignment(
        task=state.task,
        plan=state.plan,
        job=job,
        claim=claim,
        first_step=step,
        step_outputs={step.name: step.outputs for step in state.steps_of(job_id) if step.outputs},
        job_outputs=_needed_outputs(state, job),
        secrets=secret_inputs(known),
        hidden=frozenset(known.values()),
    )


def end_step(ledger: Ledger, task_id: int, ended: StepEnded) -> Step | None:
    """Report what an attempt came to; returns the step that is to be carried out next, if any.

    Idempotent, as a database may lose only its answer: the same report again changes nothing.

    Raises:
        StaleClaimError: the job is no longer this worker's.
    """
    if not _reported(ledger.state(task_id), ended):
        ledger.happen(task_id, ended)
    return _claimed_step(ledger.state(task_id), ended.job_id, ended.claim)


def _reported(state: TaskState, ended: StepEnded) -> bool:
    """Whether this very report has been taken already."""
    attempt = state.attempts.get(ended.step_id)
    return (
        attempt is not None
        and attempt.number == ended.attempt
        and attempt.ended_at is not None
        and attempt.outcome == ended.outcome
        and state.jobs[ended.job_id].claim in (ended.claim, None)
    )


def _claimed_step(state: TaskState, job_id: int, claim: str) -> Step | None:
    """The running step of a job, if the job is still `claim`'s."""
    if state.jobs[job_id].claim != claim:
        return None
    return next((step for step in state.steps_of(job_id) if step.status in RUNNING), None)


def _needed_outputs(state: TaskState, job: Job) -> Outputs:
    outputs: Outputs = {}
    # Ids follow the order of the plan.
    for job_id in sorted(state.job_ids[name] for name in ancestors(state.needs, job.name)):
        merged = outputs[state.jobs[job_id].name] = {}
        for step in state.steps_of(job_id):
            merged.update(step.outputs)
    return outputs
