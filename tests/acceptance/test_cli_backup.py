"""`tasktrail backup`, with and without an engine, and what can be done with its copy."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_command import Tasktrail

COUNTING = """
jobs:
  main:
    steps:
      - name: Count
        run: 'i=0; while [ ! -e stop ]; do i=$((i+1)); echo "line $i"; sleep 0.01; done'
"""
SAY = "jobs: {main: {steps: [{name: Say, run: 'echo hello; echo there'}]}}"


@pytest.fixture
def tasktrail(tmp_path: Path) -> Tasktrail:
    return Tasktrail(tmp_path)


def restored(tasktrail: Tasktrail, copy: Path) -> Tasktrail:
    other = Tasktrail(tasktrail.directory)
    other.data = copy
    other.environment = {**tasktrail.environment, "TASKTRAIL_DATA": str(copy)}
    return other


def test_a_backup_is_a_data_directory_with_all_that_was_there(
    tasktrail: Tasktrail, tmp_path: Path
) -> None:
    assert tasktrail("run", tasktrail.runbook("say", SAY)).code == 0
    (tasktrail.data / "config.toml").write_text('organization = "default"\nrobot = "Wodbot"\n')
    made = tasktrail.json("backup", str(tmp_path / "copy"))
    assert (made["tasks"], made["logs"], made["taskId"]) == (1, 1, 2)
    assert tasktrail.json("task", "show", "2")["title"].startswith("Backed up 1 tasks and 1 logs")

    other = restored(tasktrail, tmp_path / "copy")
    assert other("task", "logs", "1", "--step", "Say").out == "hello\nthere\n"
    assert other("doctor", "--check").code == 0
    assert (other.data / "config.toml").read_text() == (tasktrail.data / "config.toml").read_text()
    ids = [(place / "identity").read_text().split()[0] for place in (tasktrail.data, other.data)]
    assert ids[0] != ids[1], "a copy that works must not take the original's processes for its own"
    private = (other.data, other.data / "tasktrail.db")
    assert {path.stat().st_mode & 0o077 for path in private} == {0}


def test_a_backup_of_a_working_engine_is_consistent_and_goes_on_as_after_a_crash(
    tasktrail: Tasktrail, tmp_path: Path
) -> None:
    with tasktrail.up():
        book = tasktrail.runbook("count", COUNTING)
        running = tasktrail.json("run", book, "--detach")["taskId"]
        with tasktrail.started("task", "logs", str(running), "--follow") as following:
            assert following.stdout is not None
            assert following.stdout.readline()  # it is at work
        with tasktrail.started("run", tasktrail.runbook("say", SAY)) as beside:
            made = tasktrail.json("backup", str(tmp_path / "copy"))
            assert beside.wait() == 0
        tasktrail("task", "cancel", str(running))

    other = restored(tasktrail, tmp_path / "copy")
    assert other.json("task", "list")["totalCount"] == made["tasks"]
    assert other("doctor", "--check").code == 0
    with other.up():
        assert other("task", "wait", str(running)).code == 1
    assert other.json("task", "show", str(running))["status"] == "failed"  # it lost its worker
    lines = other("task", "logs", str(running), "--step", "Count").out.splitlines()
    assert lines
    assert lines == [f"line {number}" for number in range(1, len(lines) + 1)]


@pytest.mark.parametrize("there", ["directory", "file", "link"])
def test_nothing_that_exists_is_overwritten(
    tasktrail: Tasktrail, tmp_path: Path, there: str
) -> None:
    target = tmp_path / "copy"
    if there == "directory":
        target.mkdir()
    elif there == "file":
        target.write_text("mine")
    else:
        target.symlink_to(tmp_path / "nowhere")
    refused = tasktrail("backup", str(target))
    assert refused.code == 2
    assert "exists already" in refused.err


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(
    tasktrail: Tasktrail, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    refused = tasktrail("backup", str(tmp_path / "file" / "copy"))
    assert refused.code == 2
    assert "cannot be written" in refused.err
    assert [path.name for path in tmp_path.glob(".*")] == []
