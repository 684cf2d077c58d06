"""The tasks that are more than a Python function, as Tasktrail defines them."""

from __future__ import annotations

from benchmarks import work
from tasktrail import Plan, task


@task(locks=["{lock}"])
def holding(plan: Plan, lock: str, until: str) -> None:
    """Hold a lock until a file is there."""
    del lock
    plan.job("main").call(work.hold, until=until)


@task(locks=["{lock}"])
def locked(plan: Plan, lock: str) -> None:
    """Nothing, while nobody else has the lock."""
    del lock
    plan.job("main").call(work.nothing)


@task
def wide(plan: Plan, jobs: int, milliseconds: int) -> None:
    """Many jobs that do not need each other."""
    for number in range(jobs):
        plan.job(f"job-{number}").call(work.pause, milliseconds=milliseconds)


@task
def failing(plan: Plan) -> None:
    """A command that ends with an error."""
    plan.job("main").command("exit 3")
