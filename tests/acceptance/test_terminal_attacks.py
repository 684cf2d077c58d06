"""What a step writes, and what people call things, does nothing to a terminal and to no file.

Every place that shows it is looked at: the run, the log, its search, the task, the list; in a pipe,
on a terminal and as JSON.
"""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from cli_command import Tasktrail

PROGRAM = str(Path(sys.executable).parent / "tasktrail")
ESCAPES = {
    "[": [b"\x1b[", b"\x9b", "\x9b".encode()],
    "]": [b"\x1b]", b"\x9d", "\x9d".encode()],
    "P": [b"\x1bP", b"\x90", "\x90".encode()],
    "_": [b"\x1b_", b"\x9f", "\x9f".encode()],
    "^": [b"\x1b^", "\x9e".encode()],
    "X": [b"\x1bX", "\x98".encode()],
}
"""A sequence begins with two characters, with one of eight bits, or with that one as UTF-8."""
CURSOR = "A 5B C D H 2;2H 2J 3J K 1K L M P S T @ X s u 6n c >c !p 5i 4i 1;1r ?1049h ?25l ?1000h 20t"
STRINGS = [
    *("0;title", "2;title", "8;;https://evil.example", "52;c;cm0gLXJmIC8=", "52;c;?", "4;1;?"),
    *("10;?", "7;file:///etc", "9;4;1;50", "777;notify;a;b", "1337;File=inline=1:QQ==", "+q544e"),
]
ENDS = [b"\x07", b"\x1b\\", "\x9c".encode(), b""]
OTHERS = [
    *(b"\x1bc", b"\x1b7", b"\x1b8", b"\x1bM", b"\x1bD", b"\x1bE", b"\x1b(0", b"\x1b#8", b"\x1bN"),
    *(b"\x07", b"\x08", b"\x0b", b"\x0c", b"\x0e", b"\x0f", b"\x05", b"\x00", b"\x7f", b"\x1b"),
    *(b"\xff\xfe", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"),
    *(character.encode() for character in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e"),
    *(character.encode() for character in "\u2066\u2067\u2068\u2069\x84\x85\x8d\x9a"),
]
PAYLOADS = [
    *(begin + end.encode() for begin in ESCAPES["["] for end in CURSOR.split()),
    *(
        begin + string.encode() + end
        for kind, string, end in product("]P_^X", STRINGS, ENDS)
        for begin in ESCAPES[kind]
    ),
    *OTHERS,
]
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
NAME = "../../\x1b]0;t\x07\x1b[2J\u202e\x9b31mx"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tasktrail]:
    """Task 1 was given hostile inputs, wrote all payloads to both outputs, and failed."""
    tasktrail = Tasktrail(tmp_path_factory.mktemp("attacked"))
    lines = b"".join(b"error: <" + payload + b"> end\n" for payload in PAYLOADS)
    (tasktrail.directory / "payloads").write_bytes(lines)
    tasktrail.runbook(
        "attack",
        f"""
title: "Attack {{{{ inputs.name }}}}"
inputs: {{name: string}}
jobs:
  main:
    steps:
      - name: Write
        env: {{NAME: "{{{{ inputs.name }}}}"}}
        run: 'echo "$NAME"; cd {tasktrail.directory}; cat payloads; cat payloads >&2; exit 1'
""",
    )
    with tasktrail.up():
        ended = tasktrail("run", "attack.yml", "-i", f"name={NAME}")
        assert ended.code == 1
        assert_harmless(ended.out + ended.err)
        yield tasktrail


def assert_harmless(shown: str) -> None:
    rest = shown.replace("\r\n", "\n").replace("\r", "")
    found = OBEYED.search(COLOUR.sub("", rest))
    assert found is None, rest[max(0, found.start() - 80) : found.end() + 40]


PLACES = {
    "log": ("task", "logs", "1"),
    "log of a follower": ("task", "logs", "1", "--follow", "--timestamps"),
    "search": ("task", "logs", "1", "--search", "error", "--context", "1"),
    "task": ("task", "show", "1"),
    "list": ("task", "list"),
    "history": ("task", "history", "1"),
}


def test_there_are_many_attacks() -> None:
    assert len(set(PAYLOADS)) > 500


@pytest.mark.parametrize("place", PLACES)
def test_nothing_gets_through_a_pipe(attacked: Tasktrail, place: str) -> None:
    shown = attacked(*PLACES[place])
    assert shown.code == 0, shown
    assert_harmless(shown.out + shown.err)
    if "log" in place:
        assert shown.out.count(" end\n") == 2 * len(PAYLOADS)


@pytest.mark.parametrize("place", PLACES)
def test_json_holds_no_control_character(attacked: Tasktrail, place: str) -> None:
    shown = attacked(*PLACES[place], "-o", "json")
    assert shown.code == 0, shown
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown.out)
    documents = shown.out.splitlines() if "follower" in place else [shown.out]
    assert all(json.loads(document) for document in documents)


@pytest.mark.parametrize("place", ["log", "search", "task", "list"])
def test_terminal_gets_colours_and_nothing_else(attacked: Tasktrail, place: str) -> None:
    assert_harmless(on_terminal(attacked, *PLACES[place]))


def on_terminal(tasktrail: Tasktrail, *arguments: str) -> str:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [PROGRAM, *arguments],
        env={**tasktrail.environment, "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        return b"".join(read_all(ours)).decode()


def read_all(descriptor: int) -> Iterator[bytes]:
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


RUNBOOK = "jobs: {JOB: {steps: [{name: STEP, run: 'true'}]}}"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (RUNBOOK, "JOB"),
        (RUNBOOK, "STEP"),
        ("inputs: {INPUT: string}\njobs: {j: {steps: [{name: s, run: 'true'}]}}", "INPUT"),
        ("locks: [LOCK]\njobs: {j: {steps: [{name: s, run: 'true'}]}}", "LOCK"),
    ],
)
@pytest.mark.parametrize("hostile", ["../../../outside", "/outside", "..", NAME])
def test_name_leads_to_no_file_outside(tmp_path: Path, text: str, name: str, hostile: str) -> None:
    """It is refused, or a name and nothing else."""
    (tmp_path / "here").mkdir()
    tasktrail = Tasktrail(tmp_path / "here")
    for one, plain in (("JOB", "j"), ("STEP", "s"), ("INPUT", "i"), ("LOCK", "l")):
        text = text.replace(one, json.dumps(hostile) if one == name else plain)
    ended = tasktrail("run", tasktrail.runbook("names", text))
    assert ended.code in ({0, 2} if name == "LOCK" else {2}), ended
    assert_harmless(ended.out + ended.err)
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
    assert {path.name for path in (tmp_path / "here").iterdir()} <= {"data", "names.yml"}


@pytest.mark.parametrize("hostile", ["../../../outside", "/outside", NAME])
def test_name_of_a_definition_leads_to_no_file(tmp_path: Path, hostile: str) -> None:
    (tmp_path / "here").mkdir()
    tasktrail = Tasktrail(tmp_path / "here")
    runbook = tmp_path / "here" / "named.yml"
    runbook.write_text(f"name: {json.dumps(hostile)}\n{RUNBOOK.replace('JOB', 'j')}")
    ended = tasktrail("run", "named.yml")
    assert ended.code == 2, ended
    assert_harmless(ended.out + ended.err)
    for target in (hostile, f"{hostile}.yml"):
        missing = tasktrail("run", target)
        assert missing.code == 2, missing
        assert_harmless(missing.out + missing.err)
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
