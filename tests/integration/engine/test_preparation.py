"""Jobs whose workspace cannot be made."""

from __future__ import annotations

from engine_bench import Bench, job_of

from tasktrail.model.status import Status


async def test_a_failing_preparation_is_told_as_something_for_support(bench: Bench) -> None:
    workspaces = bench.directory / "data" / "workspaces"
    workspaces.rmdir()
    workspaces.write_text("a file in the way")

    task = await bench.outcome("jobs: {main: {steps: [{name: Never, run: 'true'}]}}")

    assert task.status is Status.FAILED
    for_users = await bench.task(task.id, system=False)
    for_support = await bench.task(task.id, system=True)
    assert for_users.error is not None
    assert for_support.error is not None
    assert for_users.error.reference
    assert for_users.error.reference == for_support.error.reference
    assert "contact support" in for_users.error.message
    assert for_users.error.reference in for_users.error.message
    assert (for_users.error.step_name, for_users.error.detail) == (None, None)
    assert [step.name for step in job_of(for_users).steps] == ["Never"]
    assert for_support.error.step_name == "Prepare workspace"
    assert "Traceback" in (for_support.error.detail or "")
