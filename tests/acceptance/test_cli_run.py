from __future__ import annotations

import json
import os
import pty
import re
import resource
import signal
import struct
import subprocess
import sys
import time
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

import pytest

from acceptance.cli_command import Tasktrail, alive, read_until
from tasktrail.data_directory import own_data_directory

PROGRAM = str(Path(sys.executable).parent / "tasktrail")
DIAMOND = """
title: "Greet {{ inputs.who }}"
inputs:
  who: {type: string, default: world}
jobs:
  first:
    steps: [{name: Say, run: 'echo "hello $INPUT_WHO"; echo aside >&2'}]
  left: {after: [first], steps: [{name: L, run: echo left}]}
  right: {after: [first], steps: [{name: R, run: echo right}]}
  last: {after: [left, right], steps: [{name: E, run: echo end}]}
"""
SLOW = """
jobs:
  count:
    steps:
      - {name: Count, grace: 30s, run: 'echo "pid $$"; trap "" TERM; exec sleep 300'}
      - {name: Clean up, when: always, run: touch "$CLEANED"}
env: {CLEANED: CLEANED_PATH}
"""


@pytest.fixture
def tasktrail(tmp_path: Path) -> Tasktrail:
    return Tasktrail(tmp_path)


def test_millions_of_lines_are_printed_in_seconds_and_bounded_memory(tasktrail: Tasktrail) -> None:
    flood = """
jobs:
  flood:
    steps:
      - {name: Seq, run: seq 1 5000000}
      - {name: Memory, run: grep VmHWM "/proc/$PPID/status"}
"""
    printed = tasktrail.directory / "printed"
    with printed.open("wb") as file:
        subprocess.run(
            [PROGRAM, "run", tasktrail.runbook("flood", flood)],
            cwd=tasktrail.directory,
            env=tasktrail.environment,
            stdout=file,
            timeout=60,
            check=True,
        )
    with printed.open() as lines:
        numbers = (line for line in lines if line.startswith("[flood/Seq] "))
        assert all(line == f"[flood/Seq] {number}\n" for number, line in enumerate(numbers, 1))
    text = printed.read_text()
    assert "\n[flood/Seq] 5000000\n" in text
    (peak,) = re.findall(r"\[flood/Memory\] VmHWM:\s+(\d+) kB", text)
    assert int(peak) < 160 * 1024


def test_without_a_terminal_a_run_is_told_in_plain_lines(tasktrail: Tasktrail) -> None:
    ended = tasktrail.alone("run", tasktrail.runbook("greet", DIAMOND), "-i", "who=Ann [red]")
    lines = ended.out.splitlines()
    assert ended.code == 0
    assert ended.err == ""
    assert "\x1b" not in ended.out
    assert lines[0].startswith("○ task 1: queued") or lines[0].startswith("● task 1: in progress")
    assert lines[-1].startswith("✓ task 1: done (")
    assert "[first/Say] hello Ann [red]" in lines
    assert "[first/Say] aside" in lines
    done = [line for line in lines if line.startswith("✓ job")]
    assert done[0].startswith("✓ job first")
    assert done[-1].startswith("✓ job last")


def test_with_json_a_run_prints_the_final_task_and_nothing_else(tasktrail: Tasktrail) -> None:
    task = tasktrail.json("run", tasktrail.runbook("greet", DIAMOND), "--project", "shop")
    assert task["status"] == "done"
    assert task["title"] == "Greet world"
    assert [job["name"] for job in task["jobs"]] == ["first", "left", "right", "last"]
    assert [project["title"] for project in task["projects"]] == ["shop"]


def test_the_exit_code_says_how_it_ended(tasktrail: Tasktrail) -> None:
    failing = tasktrail.runbook("failing", "jobs: {a: {steps: [{run: echo no; exit 7}]}}")
    hanging = tasktrail.runbook(
        "hanging", "jobs: {a: {steps: [{timeout: 100ms, grace: 100ms, run: sleep 60}]}}"
    )
    with tasktrail.up():
        failed = tasktrail.alone("run", failing)
        assert failed.code == 1
        assert "exit code 7" in failed.err
        assert tasktrail("run", failing, "--forced").code == 0
        assert tasktrail("run", hanging).code == 3
        statuses = [task["status"] for task in tasktrail.json("task", "list")["items"]]
    assert statuses == ["timed_out", "done_with_warnings", "failed"]


def test_what_is_refused_leaves_no_trace(tasktrail: Tasktrail) -> None:
    greet = tasktrail.runbook("greet", DIAMOND)
    wrong = tasktrail.runbook("wrong", "jobs: {a: {after: [b], step: []}}")
    with tasktrail.up():
        for arguments, reason in (
            (["run", "missing.yml"], "missing.yml"),
            (["run", wrong], "wrong.yml:"),
            (["run", greet, "-i", "nobody=1"], "nobody"),
            (["run", greet, "-i", "nonsense"], "nonsense"),
            (["run", greet, "--author", "nobody"], "nobody"),
        ):
            ended = tasktrail(*arguments)
            assert ended.code == 2, ended
            assert reason in ended.err
            assert ended.out == ""
            assert "Traceback" not in ended.err
        assert tasktrail.json("task", "list")["items"] == []


def test_with_json_a_refusal_is_a_problem_on_stderr(tasktrail: Tasktrail) -> None:
    ended = tasktrail("run", tasktrail.runbook("w", "jobs: {a: {step: []}}"), "-o", "json")
    assert ended.code == 2
    assert ended.out == ""
    problem = json.loads(ended.err)
    assert problem["code"] == "invalid_definition"
    assert problem["errors"][0]["line"] == 2


def test_ctrl_c_cancels_with_clean_up_and_a_second_one_forces(
    tasktrail: Tasktrail, tmp_path: Path
) -> None:
    cleaned = tmp_path / "cleaned"
    gentle = SLOW.replace("CLEANED_PATH", str(cleaned)).replace('trap "" TERM; ', "")
    with tasktrail.started("run", tasktrail.runbook("gentle", gentle)) as run:
        read_until(run, "pid ")
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=30)
    assert run.returncode == 4
    assert "Cancel asked for" in err
    assert "task 1: canceled" in out
    assert cleaned.exists()
    cleaned.unlink()
    stubborn = SLOW.replace("CLEANED_PATH", str(cleaned))
    with tasktrail.started("run", tasktrail.runbook("stubborn", stubborn)) as run:
        pid = int(read_until(run, "pid ")[-1].rpartition(" ")[2])
        run.send_signal(signal.SIGINT)
        read_until(run, "canceling")
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=25)
    assert run.returncode == 4
    assert "Cancel forced" in err
    assert not cleaned.exists()
    assert not alive(pid)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_told_to_end_stops_its_steps_first(
    tasktrail: Tasktrail, ending: signal.Signals
) -> None:
    sleeping = "jobs: {a: {steps: [{name: S, run: 'echo pid $$; exec sleep 300'}]}}"
    with tasktrail.started("run", tasktrail.runbook("sleeping", sleeping)) as run:
        pid = int(read_until(run, "pid ")[-1].rpartition(" ")[2])
        run.send_signal(ending)
        assert run.wait(20) == 4
    assert not alive(pid)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_cannot_record_its_cancel_leaves_at_the_first_signal(
    tasktrail: Tasktrail, ending: signal.Signals
) -> None:
    """As on a full disk: what it started is stopped, and settled when there is space again."""
    sleeping = "jobs: {a: {steps: [{name: S, run: 'echo pid $$; exec sleep 300'}]}}"
    with tasktrail.started("run", tasktrail.runbook("sleeping", sleeping)) as run:
        pid = int(read_until(run, "pid ")[-1].rpartition(" ")[2])
        resource.prlimit(run.pid, resource.RLIMIT_FSIZE, (1, 1))
        run.send_signal(ending)
        _, err = run.communicate(timeout=20)
    assert run.returncode == 130
    assert "The cancel could not be recorded" in err
    assert "Leaving" in err
    assert not alive(pid)
    (step,) = tasktrail.json("task", "show", "1")["jobs"][0]["steps"]
    assert (step["status"], step["message"]) == ("failed", "worker lost")


def test_a_run_is_ready_for_signals_before_it_owns_the_data_directory(
    tasktrail: Tasktrail,
) -> None:
    greet = tasktrail.runbook("greet", DIAMOND)
    directory = own_data_directory(tasktrail.data)
    try:
        with tasktrail.started("run", greet) as run:
            wait_until_caught(run.pid, signal.SIGHUP)
            run.send_signal(signal.SIGHUP)
            assert run.wait(20) == 130
    finally:
        directory.release()


def wait_until_caught(pid: int, wanted: signal.Signals) -> None:
    """Return when the process has something to call on that signal."""
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up:
        status = Path(f"/proc/{pid}/status").read_text()
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
        if int(caught.split()[1], 16) >> (wanted - 1) & 1:
            return
        time.sleep(0.01)
    raise AssertionError(f"{wanted.name} was never caught")


def test_a_detached_run_waits_for_an_engine(tasktrail: Tasktrail) -> None:
    detached = tasktrail("run", tasktrail.runbook("greet", DIAMOND), "--detach")
    assert (detached.code, detached.out) == (0, "task 1\n")
    assert "waits for 'tasktrail up'" in detached.err
    waiting = tasktrail("task", "wait", "1")
    assert waiting.code == 2
    assert "no engine is running" in waiting.err
    with tasktrail.up():
        assert tasktrail("task", "wait", "1").code == 0


def test_a_run_may_have_to_wait_for_its_time(tasktrail: Tasktrail) -> None:
    book = tasktrail.runbook("greet", DIAMOND)
    with tasktrail.up():
        assert tasktrail("run", book, "--not-before", "2h", "--detach").code == 0
        waiting = tasktrail.json("task", "show", "1")
        assert waiting["status"] == "pending"
        assert [wait["kind"] for wait in waiting["waitingOn"]] == ["time"]
        assert tasktrail("run", book, "--not-before", "1s").code == 0
        assert tasktrail("task", "cancel", "1").code == 0
    refused = tasktrail("run", book, "--not-before", "tomorrow")
    assert refused.code == 2
    assert "--not-before: 'tomorrow' is no point in time" in refused.err


def test_after_kill_9_the_task_is_settled_and_nothing_is_left_running(
    tasktrail: Tasktrail,
) -> None:
    runbook = tasktrail.runbook(
        "slow", "jobs: {a: {steps: [{name: S, run: 'echo pid $$; exec sleep 300'}]}}"
    )
    with tasktrail.started("run", runbook) as run:
        pid = int(read_until(run, "pid ")[-1].rpartition(" ")[2])
        run.kill()
        run.wait()
    assert "[a/S] pid" in tasktrail("task", "logs", "1").out
    assert not alive(pid)
    with tasktrail.up():
        assert tasktrail.json("task", "wait", "1", code=1)["error"]["class"] == "system"


def test_a_rerun_is_followed_like_a_run(tasktrail: Tasktrail) -> None:
    failing = tasktrail.runbook("failing", "jobs: {a: {steps: [{run: echo no; exit 7}]}}")
    with tasktrail.up():
        assert tasktrail("run", failing).code == 1
        assert tasktrail("task", "rerun", "1").code == 1
        forced = tasktrail.json("task", "rerun", "1", "--force")
        assert (forced["status"], forced["repeatedTaskId"]) == ("done_with_warnings", 1)
        never = tasktrail.runbook("never", "rerunnable: never\njobs: {a: {steps: [{run: 'true'}]}}")
        assert tasktrail("run", never).code == 0
        refused = tasktrail("task", "rerun", "4")
        assert refused.code == 2
        assert "rerun" in refused.err


def test_a_run_whose_output_nobody_reads_any_more_goes_on(tasktrail: Tasktrail) -> None:
    counting = "for i in 1 2 3 4; do echo $i; sleep 0.2; done; exit 7"
    runbook = tasktrail.runbook("late", f"jobs: {{a: {{steps: [{{run: '{counting}'}}]}}}}")
    with tasktrail.started("run", runbook) as run:
        assert run.stdout is not None
        run.stdout.readline()
        run.stdout.close()
        assert run.wait(30) == 1
    assert tasktrail("task", "logs", "1").out.splitlines()[-1].endswith("] 4")


@pytest.mark.parametrize("columns", [40, 80])
def test_on_a_terminal_the_graph_is_live(tasktrail: Tasktrail, columns: int) -> None:
    slower = DIAMOND.replace("run: echo end", "run: sleep 1")  # so that there is something to see
    runbook = tasktrail.runbook("greet", slower)
    screen = on_terminal(tasktrail, ["run", runbook, "-i", "who=\x1b]0;evil\x07Ann"], columns)
    assert "\x1b]0;" not in screen
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screen)
    assert "[first/Say] hello" in shown
    assert "● Greet" in shown
    assert "✓ Greet" in shown
    assert "task 1, done, " in shown


def on_terminal(tasktrail: Tasktrail, arguments: list[str], columns: int) -> str:
    """Everything that a command writes on a terminal of that width."""
    ours, theirs = pty.openpty()
    ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {**tasktrail.environment, "TERM": "xterm-256color"}
    with subprocess.Popen(
        [str(Path(sys.executable).parent / "tasktrail"), *arguments],
        cwd=tasktrail.directory,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as command:
        os.close(theirs)
        seen = b""
        try:
            while chunk := os.read(ours, 65536):
                seen += chunk
        except OSError:
            pass  # The other end of a terminal that is closed reads as an error on Linux.
        assert command.wait(30) == 0
    os.close(ours)
    return seen.decode()


def test_a_queued_job_names_its_pool(tasktrail: Tasktrail) -> None:
    jobs = "jobs: {main: {pool: eu-1, steps: [{run: 'true'}]}}\n"
    assert tasktrail("run", tasktrail.runbook("far", jobs), "--detach").code == 0
    shown = tasktrail("task", "show", "1").out
    assert "waits for  a place in the pool eu-1 (main)" in shown
    assert "main  queued  for a place in the pool eu-1" in shown
    assert tasktrail("task", "graph", "1").out.endswith(
        "waits for a place in the pool eu-1 (main)\n"
    )
