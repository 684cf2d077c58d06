"""Jobs whose workspace cannot be made."""

from __future__ import annotations

import logging

import pytest
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


async def test_what_a_user_is_told_to_give_to_support_is_in_the_log_with_where_to_look(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tasktrail")
    workspaces = bench.directory / "data" / "workspaces"
    workspaces.rmdir()
    workspaces.write_text("a file in the way")
    failed = await bench.outcome("jobs: {main: {steps: [{name: Never, run: 'true'}]}}")
    error = (await bench.task(failed.id, system=True)).error
    assert error is not None
    (line,) = [one for one in caplog.messages if "reference" in one]
    assert f"of task {failed.id} failed by a system error (reference {error.reference}): " in line
    assert "Traceback" not in line
    workspaces.unlink()
    workspaces.mkdir()
    await bench.outcome("jobs: {main: {steps: [{run: 'false'}]}}")
    assert [one for one in caplog.messages if "reference" in one] == [line]
