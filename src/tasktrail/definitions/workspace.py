"""The system's own steps around every job: its workspace is prepared and removed (M19)."""

from __future__ import annotations

from msgspec.structs import replace

from tasktrail.model.plan import JobPlan, StepPlan, SystemAction, SystemWork, TaskPlan, When

PREPARE = StepPlan(
    name="Prepare workspace",
    action=SystemAction(work=SystemWork.PREPARE_WORKSPACE),
    when=When.ALWAYS,
    retry_safe=True,
    system=True,
)
"""The first step of every job."""

REMOVE = StepPlan(
    name="Remove workspace",
    action=SystemAction(work=SystemWork.REMOVE_WORKSPACE),
    when=When.ALWAYS,
    retry_safe=True,
    system=True,
)
"""The last step of every job."""

RESERVED_STEP_NAMES = (PREPARE.name, REMOVE.name)
"""No definition may give these names (or ones with the same slug) to a step."""


def with_workspace(plan: TaskPlan) -> TaskPlan:
    """`plan` with a first and a last step in each job that care for its workspace.

    Every kind of definition calls this once, as the last thing it does to a plan.
    """
    return replace(plan, jobs=tuple(_around(job) for job in plan.jobs))


def _around(job: JobPlan) -> JobPlan:
    return replace(job, steps=(PREPARE, *job.steps, REMOVE))
