"""The command itself dies where `TASKTRAIL_FAILPOINT` says, and the next one goes on."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from acceptance.cli_command import Tasktrail
from tasktrail import failpoints
from tasktrail.failpoints import Failpoint


def test_a_run_is_killed_at_its_failpoint_and_settled_by_the_next_command(tmp_path: Path) -> None:
    tasktrail = Tasktrail(tmp_path)
    book = tasktrail.runbook("hello", "jobs: {main: {steps: [{run: echo hello}]}}\n")
    armed = Tasktrail(tmp_path)
    armed.environment = {**tasktrail.environment, failpoints.VARIABLE: f"{Failpoint.COMMITTED}:3"}

    assert armed.alone("run", book).code == -signal.SIGKILL
    assert tasktrail.alone("run", book).code == 0

    assert tasktrail("doctor", "--check").code == 0


@pytest.mark.parametrize("wanted", ["nowhere", "store.committed:0", "store.committed:x"])
def test_what_is_no_failpoint_is_refused(wanted: str) -> None:
    with pytest.raises(ValueError, match=r"nowhere|counted from 1|invalid literal"):
        failpoints.arm(wanted)
