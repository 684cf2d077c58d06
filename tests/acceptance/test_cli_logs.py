"""`task logs`: ranges, following, searching, raw bytes, and what hostile programs write."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_command import Tasktrail

PROGRAM = str(Path(sys.executable).parent / "tasktrail")
ATTACKS = r"\033[2J\033]0;title\007\033]52;c;cm0=\007\033[6n\033c\033P+q544e\033\\ \302\2331m"


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Tasktrail:
    """Task 1 has written much in one job and little in another, task 2 hostile things."""
    tasktrail = Tasktrail(tmp_path_factory.mktemp("logs"))
    plain = tasktrail.runbook(
        "plain",
        """
jobs:
  build:
    steps:
      - name: Count
        run: seq -f 'number %.0f' 1 100000
      - name: Warn
        run: echo careful >&2
  deploy:
    after: [build]
    steps:
      - name: Say
        run: printf 'one\\ntwo\\nnumber 77 here\\nno newline'
""",
    )
    assert tasktrail("run", plain, "--detach").code == 0
    hostile = tasktrail.runbook(
        "hostile",
        f"""
jobs:
  write:
    steps:
      - name: Hostile
        run: |
          printf '{ATTACKS}\\n'
          printf 'nul \\000 invalid \\377 split \\303'; printf '\\244\\n'
          printf '10%%\\r50%%\\r100%%\\n\\033[1;31mred\\033[0m\\n'
          head -c 3000000 /dev/zero | tr '\\0' x
""",
    )
    assert tasktrail("run", hostile).code == 0
    return tasktrail


def test_ranges_are_of_each_log_and_the_tail_is_of_all(logs: Tasktrail) -> None:
    lines = logs("task", "logs", "1", "--lines", "99999:", "--job", "build").out
    assert lines == "[build/Count] number 99999\n[build/Count] number 100000\n"
    assert logs("task", "logs", "1", "--lines", "-1", "--step", "Say").out == "no newline\n"
    tail = logs("task", "logs", "1", "--tail", "5").out.splitlines()
    assert tail[:2] == ["[build/Warn] careful", "[deploy/Say] one"]
    assert len(tail) == 5
    assert logs("task", "logs", "1", "--since", "1h").out.count("\n") == 100_005
    assert logs("task", "logs", "1", "--since", "2100-01-01").out == ""
    timed = logs("task", "logs", "1", "--step", "Warn", "--timestamps").out
    assert re.fullmatch(r"\d{4}-\d\d-\d\d [\d:.]+[+-]\d\d:\d\d careful\n", timed)


def test_search_finds_lines_with_numbers_and_context(logs: Tasktrail) -> None:
    found = logs("task", "logs", "1", "--search", "number 77 here", "--context", "1").out
    assert found == (
        "[deploy/Say] 2- two\n[deploy/Say] 3: number 77 here\n[deploy/Say] 4- no newline\n"
    )
    found = logs("task", "logs", "1", "--search", r"NUMBER 77\d\d\d$", "--regex", "-I", "--count")
    assert found.out == "[build/Count] 1000\n[build/Warn] 0\n[deploy/Say] 0\n"
    items = logs.json("task", "logs", "1", "--search", "careful")["items"]
    assert [(item["line"], item["level"], item["hit"]) for item in items] == [(1, "stderr", [0, 7])]
    refused = logs("task", "logs", "1", "--search", "(", "--regex")
    assert refused.code == 2
    assert "regular expression" in refused.err


def test_json_holds_every_line(logs: Tasktrail) -> None:
    shown = logs.json("task", "logs", "1")
    assert shown["totalCount"] == len(shown["items"]) == 100_005
    assert shown["items"][99_999]["text"] == "number 100000"
    assert shown["items"][99_999]["line"] == 100_000


def test_raw_bytes_are_those_of_one_step(logs: Tasktrail) -> None:
    raw = subprocess.run(
        [PROGRAM, "task", "logs", "2", "--raw"],
        env=logs.environment,
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout
    assert b"nul \0 invalid \xff split \xc3\xa4\n" in raw
    assert raw.endswith(b"x" * 3_000_000)
    several = logs("task", "logs", "1", "--raw")
    assert (several.code, "build/Count" in several.err) == (2, True)


def test_nothing_hostile_reaches_the_reader(logs: Tasktrail) -> None:
    out = logs("task", "logs", "2").out
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", out)
    lines = out.splitlines()
    assert lines[1].endswith("nul ␀ invalid \ufffd split ä")
    assert lines[2].endswith(" 100%")
    assert lines[3].endswith(" red")
    # A line without an end is shown in lines of a MiB.
    assert [line.count("x") for line in lines[4:]] == [2**20, 2**20, 3_000_000 - 2**21]


@pytest.mark.parametrize("name", ["../../s", "s\u202e", "s\x1b[2J", "/etc/s"])
def test_name_that_could_be_a_path_or_a_sequence_is_refused(tmp_path: Path, name: str) -> None:
    tasktrail = Tasktrail(tmp_path)
    steps = f"steps: [{{name: {json.dumps(name)}, run: 'true'}}]"
    runbook = tasktrail.runbook("hostile", f"jobs: {{j: {{{steps}}}}}")
    refused = tasktrail("run", runbook)
    assert refused.code == 2
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", refused.err)
    shown = tasktrail("task", "logs", "1", "--job", name)
    assert (shown.code, shown.out) == (2, "")


def test_terminal_gets_colours_and_nothing_else(logs: Tasktrail) -> None:
    shown = _on_terminal(logs, "task", "logs", "2", "--lines", "1:4")
    assert "\x1b[31;1mred\x1b[0m" in shown or "\x1b[1;31mred\x1b[0m" in shown
    rest = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", rest)
    assert "raw bytes may do anything" in _on_terminal(logs, "task", "logs", "2", "--raw")


def test_reader_that_has_enough_ends_the_command_quietly(logs: Tasktrail) -> None:
    ended = subprocess.run(
        ["sh", "-c", f"{PROGRAM} task logs 1 | head -1; echo $?"],
        env=logs.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert (ended.stdout, ended.stderr) == ("[build/Count] number 1\n0\n", "")


def test_output_that_cannot_be_written_is_told_and_is_no_defect(logs: Tasktrail) -> None:
    for command in ("task list", "task show 1", "task logs 1", "task list -o json"):
        ended = subprocess.run(
            ["sh", "-c", f"{PROGRAM} {command} >/dev/full; echo $?"],
            env=logs.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert ended.stdout == "5\n", command
        assert "the output cannot be written: No space left on device" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_waiting_reader_does_not_keep_the_data_directory(logs: Tasktrail) -> None:
    with logs.started("task", "logs", "1") as reading:
        assert reading.stdout is not None
        assert reading.stdout.readline() == "[build/Count] number 1\n"
        assert logs("task", "list").code == 0  # It would wait for five seconds, and be refused.
        assert sum(1 for _ in reading.stdout) == 100_004


def test_prompt_is_shown_while_its_line_is_open_and_the_end_as_afterwards(
    tmp_path: Path,
) -> None:
    tasktrail = Tasktrail(tmp_path)
    runbook = tasktrail.runbook(
        "prompt",
        """
jobs:
  ask:
    steps:
      - name: Ask
        run: |
          echo hello
          printf 'Continue? '
          while [ ! -e "$HOME_OF_TEST/answer" ]; do sleep 0.05; done
          echo yes
""".replace("$HOME_OF_TEST", str(tmp_path)),
    )
    with tasktrail.up():
        assert tasktrail("run", runbook, "--detach").code == 0
        with tasktrail.started("task", "logs", "1", "--follow", "--step", "Ask") as following:
            shown = _until(following, "Continue? ")
            assert shown == "hello\nContinue? "
            (tmp_path / "answer").touch()
            assert following.stdout is not None
            assert following.stdout.read() == "yes\n"
        assert tasktrail("task", "logs", "1", "--step", "Ask").out == "hello\nContinue? yes\n"
        both = tasktrail("task", "logs", "1", "--follow", "--tail", "1").out
        assert both == "[ask/Ask] Continue? yes\n"


def test_show_prints_the_lines_that_explain_a_failure(tmp_path: Path) -> None:
    tasktrail = Tasktrail(tmp_path)
    script = "seq 1 5000; echo compiling; echo 'a.c:1:2: error: odd' >&2; exit 2"
    runbook = tasktrail.runbook(
        "broken", f"jobs: {{build: {{steps: [{{name: Compile, run: {json.dumps(script)}}}]}}}}"
    )
    assert tasktrail("run", runbook).code == 1
    lines = tasktrail.json("task", "show", "1")["error"]["lines"]
    assert [line["text"] for line in lines if line["severity"] == "error"] == [
        "a.c:1:2: error: odd"
    ]
    shown = tasktrail("task", "show", "1").out
    assert re.search(r"^  500\d a.c:1:2: error: odd$", shown, re.MULTILINE)
    assert len(lines) <= 12


def _until(command: subprocess.Popen[str], end: str) -> str:
    assert command.stdout is not None
    shown = ""
    while not shown.endswith(end):
        more = command.stdout.read(1)
        assert more, shown
        shown += more
    return shown


def _on_terminal(logs: Tasktrail, *arguments: str) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [PROGRAM, *arguments],
        env={**logs.environment, "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        return b"".join(_read_all(ours)).decode()


def _read_all(descriptor: int) -> Iterator[bytes]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            more = os.read(descriptor, 65536)
        except OSError:  # EIO: nobody has the terminal any more.
            break
        if not more:
            break
        yield more
    os.close(descriptor)


@pytest.mark.parametrize("more", [(), ("--follow",), ("--search", "x"), ("--raw", "--step", "Say")])
def test_an_attempt_that_nobody_made_is_told(logs: Tasktrail, more: tuple[str, ...]) -> None:
    refused = logs("task", "logs", "1", "--attempt", "9", *more)
    assert (refused.code, refused.out) == (2, "")
    assert "no step that is meant of task 1 has had an attempt 9" in refused.err
