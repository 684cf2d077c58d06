"""Short ways to write plans."""

from __future__ import annotations

from tasktrail.model.plan import (
    CommandAction,
    JobPlan,
    RetryOn,
    RetryPolicy,
    SpawnAction,
    StepPlan,
    SystemAction,
    SystemWork,
    TaskPlan,
    When,
)

ON_SUCCESS, ON_FAILURE, ALWAYS = When.ON_SUCCESS, When.ON_FAILURE, When.ALWAYS

BOTH = (RetryOn.SYSTEM, RetryOn.USER)

PREPARE = StepPlan(
    name="prepare",
    action=SystemAction(work=SystemWork.PREPARE_WORKSPACE),
    when=When.ALWAYS,
    system=True,
)
REMOVE = StepPlan(
    name="remove",
    action=SystemAction(work=SystemWork.REMOVE_WORKSPACE),
    when=When.ALWAYS,
    system=True,
)


def step(
    name: str,
    when: When = ON_SUCCESS,
    *,
    attempts: int = 1,
    on: tuple[RetryOn, ...] = (RetryOn.SYSTEM,),
    retry_safe: bool = False,
    allow_failure: bool = False,
    system: bool = False,
    spawn: bool = False,
) -> StepPlan:
    return StepPlan(
        name=name,
        action=SpawnAction(target="other") if spawn else CommandAction(run="true"),
        when=when,
        retry=RetryPolicy(attempts=attempts, on=on),
        retry_safe=retry_safe,
        allow_failure=allow_failure,
        system=system,
    )


def job(
    name: str,
    *steps: StepPlan,
    after: tuple[str, ...] = (),
    when: When = ON_SUCCESS,
    locks: tuple[str, ...] = (),
    timeout: float | None = None,
    system: bool = False,
    framed: bool = False,
) -> JobPlan:
    """A job; without steps it has one that is named like it. `framed`: with a workspace."""
    inner = steps or (step(name),)
    return JobPlan(
        name=name,
        steps=(PREPARE, *inner, REMOVE) if framed else inner,
        after=after,
        when=when,
        locks=locks,
        timeout=timeout,
        system=system,
    )


def plan(
    *jobs: JobPlan, fail_fast: bool = False, locks: tuple[str, ...] = (), timeout: float = 3600.0
) -> TaskPlan:
    return TaskPlan(
        definition="test",
        title="A test",
        jobs=jobs,
        fail_fast=fail_fast,
        locks=locks,
        timeout=timeout,
    )
