"""Python definitions from the command line: their code never runs in the engine."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from acceptance.cli_command import Tasktrail, alive

OPS = """
import os
import tasktrail

print("at import of", os.getpid())


@tasktrail.task
def greet(plan: tasktrail.Plan, name: str, times: int = 1) -> None:
    for time in range(times):
        plan.job(f"greet-{time}").command('echo "old $NAME"', env={"NAME": name})
"""
WRONG = {
    "leaves": ("import os\nos._exit(3)", "ended the interpreter: exit status 3"),
    "crashes": ("import ctypes\nctypes.string_at(0)", "ended the interpreter: signal SIGSEGV"),
    "hangs": ("while True: pass", "did not come to an end within 4 s"),
}


@pytest.fixture
def tasktrail(tmp_path: Path) -> Tasktrail:
    tasktrail = Tasktrail(tmp_path)
    tasktrail.data.mkdir()
    (tasktrail.data / "config.toml").write_text("loading_limit = 4.0\n")
    (tmp_path / "ops.py").write_text(OPS)
    for name, (code, _) in WRONG.items():
        (tmp_path / f"{name}.py").write_text(code)
    return tasktrail


def check_wrong_ones(tasktrail: Tasktrail) -> None:
    """The same is said, whoever runs the engine."""
    names = [f"{name}:task" for name in WRONG]
    checked = tasktrail.json("definition", "check", "ops:greet", *names, code=2)["items"]
    assert [item["ok"] for item in checked] == [True, False, False, False]
    said = [str(item["problems"]) for item in checked[1:]]
    assert all(message in text for text, (_, message) in zip(said, WRONG.values(), strict=True))


def test_no_definition_can_end_a_running_engine(tasktrail: Tasktrail) -> None:
    with tasktrail.up() as engine:
        check_wrong_ones(tasktrail)
        shown = tasktrail.json("definition", "show", "ops:greet")
        assert [job["name"] for job in shown["jobs"]] == ["greet-0"]
        done = tasktrail.json("run", "ops:greet", "-i", "name=Ann", "-i", "times=2")
        assert len(done["jobs"]) == 2
        (tasktrail.directory / "ops.py").write_text(OPS.replace("old", "new"))
        done = tasktrail.json("run", "ops:greet", "-i", "name=Bo")
        assert "new Bo" in tasktrail("task", "logs", str(done["id"])).out
        assert engine.poll() is None
        engine.send_signal(signal.SIGINT)
        _, err = engine.communicate(timeout=20)
    printed = [line.split() for line in err.splitlines() if line.startswith("at import of")]
    assert printed
    assert str(engine.pid) not in {words[-1] for words in printed}


def test_without_an_engine_the_same_is_said(tasktrail: Tasktrail) -> None:
    check_wrong_ones(tasktrail)
    refused = tasktrail("run", "crashes:task")
    assert refused.code == 2
    assert "loading `crashes:task` ended the interpreter: signal SIGSEGV" in refused.err
    shown = tasktrail("definition", "show", "ops:greet")
    assert "at import of" in shown.err
    assert "at import of" not in shown.out


def test_what_an_engine_was_loading_when_it_was_killed_is_stopped_by_the_next(
    tasktrail: Tasktrail,
) -> None:
    (tasktrail.data / "config.toml").write_text("loading_limit = 60.0\n")
    (tasktrail.directory / "hangs.py").write_text(
        "import os\nprint('hanging', os.getpid())\nwhile True: pass\n"
    )
    with tasktrail.up() as engine, tasktrail.started("run", "hangs:task"):
        assert engine.stderr is not None
        lines = iter(engine.stderr.readline, "")
        pid = next(int(line.split()[-1]) for line in lines if line.startswith("hanging"))
        engine.kill()
        engine.wait()
    assert alive(pid)
    facts = {fact["name"]: fact["value"] for fact in tasktrail.json("doctor")["items"]}
    assert "1 stopped at start" in facts["processes left over by an earlier life"]
    assert not alive(pid)
