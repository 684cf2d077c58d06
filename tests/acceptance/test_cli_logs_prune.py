"""`logs prune`, and logs that have moved, without an engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_command import Tasktrail

BOOK = "jobs: {main: {steps: [{name: Say, run: 'echo hello; echo there'}]}}"


@pytest.fixture
def tasktrail(tmp_path: Path) -> Tasktrail:
    """A directory as log store, and one task that has sent its log there."""
    tasktrail = Tasktrail(tmp_path)
    tasktrail.data.mkdir()
    (tasktrail.data / "config.toml").write_text(f'log_store = "{tmp_path}/archive"\n')
    assert tasktrail("run", tasktrail.runbook("say", BOOK)).code == 0
    assert len(list((tmp_path / "archive").rglob("*.log"))) == 1
    assert list((tasktrail.data / "logs").rglob("*.log")) == []
    return tasktrail


def test_a_log_that_has_moved_reads_as_before(tasktrail: Tasktrail) -> None:
    assert tasktrail("task", "logs", "1", "--step", "Say").out == "hello\nthere\n"
    assert tasktrail("task", "logs", "1", "--step", "Say", "--tail", "1").out == "there\n"
    assert tasktrail("task", "logs", "1", "--step", "Say", "--search", "ther").out == "2: there\n"


def test_pruning_says_what_it_removes_and_removes_it(tasktrail: Tasktrail) -> None:
    assert tasktrail("logs", "prune").err == "Nothing to remove.\n"
    planned = tasktrail("logs", "prune", "--dry-run", "--older-than", "0s")
    assert planned.code == 0
    assert planned.err.startswith("Would remove 1 logs of 1 tasks")
    assert planned.out.splitlines()[0].split() == ["TASK", "ENDED", "LOGS", "BYTES"]

    answer = tasktrail.json("logs", "prune", "--keep-size", "0")
    assert answer["taskId"] == 2
    assert [item["taskId"] for item in answer["items"]] == [1]
    assert "removed by retention" in tasktrail("task", "logs", "1", "--step", "Say").out
    assert tasktrail.json("task", "show", "2")["author"]["kind"] == "robot"
    assert list(tasktrail.directory.joinpath("archive").rglob("*.log")) == []
    assert tasktrail("doctor", "--check").code == 0


@pytest.mark.parametrize(
    "wrong", [("--older-than", "soon"), ("--keep-size", "much"), ("--keep-size", "-1")]
)
def test_wrong_limits_are_refused(tasktrail: Tasktrail, wrong: tuple[str, str]) -> None:
    assert tasktrail("logs", "prune", *wrong).code == 2
