from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from acceptance.cli_command import Tasktrail


@pytest.fixture(scope="module")
def tasktrail(tmp_path_factory: pytest.TempPathFactory) -> Generator[Tasktrail]:
    """A data directory with a task that spawned another, one that failed, and two recordings."""
    command = Tasktrail(tmp_path_factory.mktemp("look"))
    command.runbook("child", "title: Smoke test\njobs: {a: {steps: [{name: S, run: echo child}]}}")
    command.runbook(
        "parent",
        "title: Release\nprojects: [shop]\n"
        "jobs: {a: {steps: [{name: Go, spawn: child.yml}]}, b: {after: [a], "
        "steps: [{name: Say, run: 'echo one; echo two'}]}}",
    )
    command.runbook("failing", "jobs: {a: {steps: [{name: F, run: exit 7}]}}")
    with command.up():
        assert command("run", "parent.yml").code == 0
        assert command("run", "failing.yml", "--author", "robot").code == 1
        added = (
            "record",
            "user_added",
            "--title",
            "Ann\x1b[2J was added",
            "--resource",
            "user:a:7",
        )
        assert command(*added).code == 0
        silent = ("record", "note", "--title", "Seen", "--silent", "--author", "superadmin")
        assert command(*silent).code == 0
        yield command


def ids(tasktrail: Tasktrail, *arguments: str) -> list[int]:
    return [task["id"] for task in tasktrail.json("task", "list", *arguments)["items"]]


def test_a_list_is_newest_first_and_leaves_silent_tasks_out(tasktrail: Tasktrail) -> None:
    assert ids(tasktrail) == [4, 3, 2, 1]
    assert ids(tasktrail, "--silent") == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--status", "FAILED,timed-out"], [3]),
        (["--project", "shop"], [2, 1]),
        (["--name", "child"], [2]),
        (["--author", "robot"], [3]),
        (["--search", "smoke"], [2]),
        (["--since", "1h", "--page-size", "1", "--page", "2"], [3]),
        (["--since", "2099-01-01"], []),
        (["--scope", "project"], [2, 1]),
        (["--scope", "org"], [4, 3]),
        (["--resource", "user:a:7", "--resource", "cluster:7"], [4]),
        (["--user", "Robot"], [3]),
        (["--role", "owner"], [4, 2, 1]),
        (["--origin", "1"], [2]),
        (["--origin", "1", "--tree"], [2]),
        (["--rerun-of", "3"], []),
    ],
)
def test_filters_choose(tasktrail: Tasktrail, arguments: list[str], expected: list[int]) -> None:
    assert ids(tasktrail, *arguments) == expected


def test_a_tree_shows_the_spawned_task_below_its_origin(tasktrail: Tasktrail) -> None:
    lines = tasktrail("task", "list", "--tree").out.splitlines()
    parent = next(n for n, line in enumerate(lines) if line.lstrip().startswith("1 "))
    assert "└ Smoke test" in lines[parent + 1]


def test_a_title_cannot_command_the_terminal(tasktrail: Tasktrail) -> None:
    for arguments in (["task", "list"], ["task", "show", "4"], ["task", "show", "4", "-o", "json"]):
        assert "\x1b" not in tasktrail(*arguments).out
    assert "Ann was added" in tasktrail("task", "list").out


def test_a_page_tells_both_directions_of_the_origin(tasktrail: Tasktrail) -> None:
    assert "spawned    task 2" in tasktrail("task", "show", "1").out
    assert "origin     task 1" in tasktrail("task", "show", "2").out
    failed = tasktrail("task", "show", "3").out
    assert "user error in a/F: " in failed
    assert "exit code 7" in failed


def test_system_steps_are_shown_only_when_asked_for(tasktrail: Tasktrail) -> None:
    assert "(system)" not in tasktrail("task", "show", "1").out
    assert "(system)" in tasktrail("task", "show", "1", "--system").out


def test_the_graph_is_drawn(tasktrail: Tasktrail) -> None:
    out = tasktrail("task", "graph", "1").out
    assert "─▶ ✓ b" in out
    assert "✓ done" in out


def test_the_history_begins_with_the_record_and_ends_with_the_end(tasktrail: Tasktrail) -> None:
    events = tasktrail.json("task", "history", "1")["items"]
    assert events[0]["to"] == "pending"
    assert events[-1]["to"] == "done"
    assert "in progress → done" in tasktrail("task", "history", "1").out


def test_logs_can_be_chosen_by_job_and_step(tasktrail: Tasktrail) -> None:
    assert tasktrail("task", "logs", "1", "--job", "b", "--step", "Say").out == "one\ntwo\n"
    assert "[b/Say] two\n" in tasktrail("task", "logs", "1").out
    lines = tasktrail("task", "logs", "1", "--job", "b", "--follow", "-o", "json").out.splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["one", "two"]
    assert tasktrail.json("task", "logs", "1", "--job", "b")["totalCount"] == 2


def test_waiting_for_what_has_ended_gives_its_exit_code(tasktrail: Tasktrail) -> None:
    assert tasktrail("task", "wait", "1").code == 0
    assert tasktrail("task", "wait", "3").code == 1


def test_common_options_may_stand_anywhere_and_win_over_the_environment(
    tasktrail: Tasktrail, tmp_path: Path
) -> None:
    empty = str(tmp_path / "empty")
    assert json.loads(tasktrail("--data", empty, "-o", "json", "task", "list").out)["items"] == []
    assert json.loads(tasktrail("task", "--data", empty, "list", "-o", "json").out)["items"] == []
    assert tasktrail.json("task", "list", "--data", empty)["items"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["task", "show", "99"],
        ["task", "show", "abc"],
        ["task", "show", "-1"],
        ["task", "list", "--status", "bogus"],
        ["task", "list", "--since", "soon"],
        ["task", "list", "--resource", "cluster"],
        ["task", "list", "--scope", "world"],
        ["record", "x", "--title", "x", "--resource", ":7"],
        ["task", "logs", "1", "--job", "nobody"],
        ["task", "list", "--data", "/dev/null/x"],
        ["definition", "check", "nowhere.yml"],
        ["frobnicate"],
        [],
    ],
)
def test_what_cannot_be_done_is_said_in_words_with_exit_code_2(
    tasktrail: Tasktrail, arguments: list[str]
) -> None:
    ended = tasktrail(*arguments)
    assert ended.code == 2
    assert "Traceback" not in ended.out + ended.err
    assert (ended.err + ended.out).strip()


def test_definitions_are_shown_and_checked(tasktrail: Tasktrail) -> None:
    tasktrail.runbook("wrong", "jobs: {a: {after: [zz], stepz: []}}")
    assert tasktrail("definition", "check", "parent.yml", "child.yml").code == 0
    wrong = tasktrail("definition", "check", "parent.yml", "wrong.yml")
    assert wrong.code == 2
    assert "✓ parent.yml" in wrong.out
    assert "wrong.yml:2:" in wrong.out
    assert tasktrail.json("definition", "show", "parent.yml")["jobs"][1]["after"] == ["a"]
    assert "b  after a" in tasktrail("definition", "show", "parent.yml").out


def test_the_doctor_finds_nothing_bad(tasktrail: Tasktrail) -> None:
    facts = tasktrail.json("doctor")["items"]
    assert all(fact["ok"] for fact in facts)
    assert str(tasktrail.data) in {fact["value"] for fact in facts}


def test_the_doctor_verifies_all_records_when_asked_to(tasktrail: Tasktrail) -> None:
    book = tasktrail.runbook("hello", "jobs: {main: {steps: [{run: echo hello}]}}\n")
    assert tasktrail("run", book).code == 0
    facts = {fact["name"]: fact for fact in tasktrail.json("doctor", "--check")["items"]}
    assert "verified" in facts
    logs = "every attempt that ended has a closed log without a gap"
    assert facts[logs]["value"] == "yes"
    for log in (tasktrail.data / "logs").rglob("*.log"):
        log.unlink()
    found = {fact["name"]: fact for fact in tasktrail.json("doctor", "--check", code=1)["items"]}
    assert found[logs]["ok"] is False
    assert ": the log of attempt 1 at echo hello (" in found[logs]["value"]
    assert [fact for fact in found.values() if not fact["ok"]] == [found[logs]]


def test_a_reader_who_has_enough_is_no_error(tasktrail: Tasktrail) -> None:
    ended = subprocess.run(
        f"{Path(sys.executable).parent / 'tasktrail'} task list | head -n 0; "
        'echo "codes ${PIPESTATUS[*]}"',
        shell=True,
        executable="/bin/bash",
        env=tasktrail.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == ""
    assert ended.stdout.splitlines()[-1] == "codes 0 0"


def test_help_and_version_need_no_data(tasktrail: Tasktrail) -> None:
    assert "tasktrail run release.yml" in tasktrail("--help").out
    assert "Examples:" in tasktrail("task", "list", "--help").out
    assert tasktrail("--version").out.startswith("tasktrail ")
