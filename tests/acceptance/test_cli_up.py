from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from acceptance.cli_command import Tasktrail, alive, read_until

SLEEPER = "jobs: {a: {steps: [{name: S, grace: 1s, run: 'echo pid $$; exec sleep 300'}]}}"


@pytest.fixture
def tasktrail(tmp_path: Path) -> Tasktrail:
    return Tasktrail(tmp_path)


def test_other_terminals_submit_follow_and_cancel_through_a_running_engine(
    tasktrail: Tasktrail,
) -> None:
    sleeper = tasktrail.runbook("sleeper", SLEEPER)
    with tasktrail.up() as engine:
        assert tasktrail.json("run", sleeper, "--detach") == {"success": True, "taskId": 1}
        with tasktrail.started("task", "logs", "1", "--follow") as following:
            pid = int(read_until(following, "pid ")[-1].rpartition(" ")[2])
            assert alive(pid)
            with tasktrail.started("task", "wait", "1") as waiting:
                assert tasktrail("task", "cancel", "1").code == 0
                out, _ = waiting.communicate(timeout=30)
            assert (waiting.returncode, out) == (4, "task 1: ⊘ canceled\n")
            assert following.wait(10) == 0
        assert not alive(pid)
        second = tasktrail.alone("up")
        assert second.code == 2
        assert "already running" in second.err
        engine.send_signal(signal.SIGINT)
        assert engine.wait(20) == 0
    assert not (tasktrail.data / "engine.sock").exists()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_stops_what_runs_and_the_record_says_so(
    tasktrail: Tasktrail, ending: signal.Signals
) -> None:
    sleeper = tasktrail.runbook("sleeper", SLEEPER)
    with tasktrail.up() as engine:
        tasktrail.json("run", sleeper, "--detach")
        with tasktrail.started("task", "logs", "1", "--follow") as following:
            pid = int(read_until(following, "pid ")[-1].rpartition(" ")[2])
            engine.send_signal(ending)
            _, err = engine.communicate(timeout=20)
            assert following.wait(10) in (0, 5)
    assert engine.returncode == 0
    assert "Stopping" in err
    assert "Stopped" in err
    assert not alive(pid)
    with tasktrail.up():
        error = tasktrail.json("task", "wait", "1", code=1)["error"]
    assert error["class"] == "system"
    assert error["contactSupport"] is False
    assert f"stopped by its operator ({ending.name}, " in error["message"]
    assert error["message"].endswith("while the step ran; run the task again")


def test_whoever_follows_an_engine_that_dies_is_told_so(tasktrail: Tasktrail) -> None:
    sleeper = tasktrail.runbook("sleeper", SLEEPER)
    with tasktrail.up() as engine, tasktrail.started("run", sleeper) as run:
        read_until(run, "pid ")
        engine.kill()
        _, err = run.communicate(timeout=20)
    assert run.returncode == 5
    assert "the engine went away" in err


def test_a_run_without_up_serves_others_and_leaves_after_the_last(tasktrail: Tasktrail) -> None:
    gate = tasktrail.directory / "gate"
    wait_for_gate = f"echo open; until test -e {gate}; do sleep 0.05; done"
    gated = tasktrail.runbook("gated", f"jobs: {{a: {{steps: [{{run: '{wait_for_gate}'}}]}}}}")
    short = tasktrail.runbook("short", "jobs: {a: {steps: [{run: echo short}]}}")
    with tasktrail.started("run", gated) as first:
        read_until(first, "open")
        assert tasktrail("run", short).code == 0
        assert tasktrail.json("run", gated, "--detach")["taskId"] == 3
        with tasktrail.started("task", "wait", "3") as waiting:
            assert tasktrail("task", "cancel", "1", "--force").code == 0
            read_until(first, "task 1: canceled")
            with pytest.raises(subprocess.TimeoutExpired):
                first.wait(0.3)
            gate.touch()
            assert waiting.wait(20) == 0
        _, err = first.communicate(timeout=20)
    assert "Task 3 still runs in this process" in err
    assert first.returncode == 4
