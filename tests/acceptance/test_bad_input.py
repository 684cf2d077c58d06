"""What is given wrong: a message that says what to do, exit code 2, and nothing half-written."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.cli_command import Tasktrail

GOOD = "jobs: {main: {steps: ['true']}}\n"
LAUGHS = "".join(
    [
        "a0: &a0 [ha, ha, ha]\n",
        *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)),
    ]
)

FILES: dict[str, tuple[bytes, str]] = {
    "unknown key": (b"name: a\ntimeuot: 5m\n" + GOOD.encode(), "a.yml:2:1: unknown key `timeuot`"),
    "cycle": (
        b"name: a\njobs:\n  x: {after: y, steps: ['true']}\n  y: {after: x, steps: ['true']}\n",
        "jobs need each other in a circle: x -> y -> x",
    ),
    "unknown job": (b"name: a\njobs:\n  x: {after: nobody, steps: ['true']}\n", "nobody"),
    "duplicate name": (
        b"name: a\njobs:\n  x: {steps: ['true']}\n  x: {steps: ['true']}\n",
        "a.yml:4",
    ),
    "10 MB": (b"name: a\n" + b"# padding\n" * 1_000_000, "1 MiB"),
    "YAML bomb": (LAUGHS.encode(), "more than 50,000 values, with aliases expanded"),
    "invalid UTF-8": (b"name: \xff\xfe\n", "UTF-8"),
}


@pytest.fixture
def tasktrail(tmp_path: Path) -> Tasktrail:
    return Tasktrail(tmp_path)


def test_what_is_wrong_with_a_runbook_is_said_with_its_place(tasktrail: Tasktrail) -> None:
    with tasktrail.up():
        for content, said in FILES.values():
            (tasktrail.directory / "a.yml").write_bytes(content)
            ended = tasktrail("run", "a.yml")
            assert (ended.code, ended.out) == (2, "")
            assert said in ended.err
            assert "Traceback" not in ended.err
        assert tasktrail.json("task", "list")["totalCount"] == 0


def test_all_missing_and_unknown_inputs_are_named_at_once(tasktrail: Tasktrail) -> None:
    book = tasktrail.runbook("book", "inputs: {site: string, count: integer}\n" + GOOD)
    ended = tasktrail("run", book, "-i", "count=many", "-i", "sitte=x")
    assert ended.code == 2
    assert all(name in ended.err for name in ("site", "count", "sitte"))
    assert tasktrail.json("task", "list")["totalCount"] == 0


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A directory that cannot be written, by root neither."""
    place = tmp_path / "read-only"
    place.mkdir(mode=0o500)
    if os.geteuid() == 0:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,mode=700", "tmpfs", place], check=True)
    yield place
    if os.geteuid() == 0:
        subprocess.run(["umount", place], check=True)


def test_a_read_only_data_directory_is_refused(tasktrail: Tasktrail, read_only: Path) -> None:
    book = tasktrail.runbook("book", GOOD)
    ended = tasktrail("run", book, "--data", str(read_only))
    assert ended.code == 2
    assert "it cannot be written" in ended.err
    assert "--data" in ended.err
    assert list(read_only.iterdir()) == []


def test_a_data_directory_in_use_is_refused_with_the_process_that_uses_it(
    tasktrail: Tasktrail,
) -> None:
    book = tasktrail.runbook("book", GOOD)
    assert tasktrail("run", book).code == 0
    # Somebody who owns the directory and serves nothing, such as a stopped process.
    with subprocess.Popen(
        ["flock", str(tasktrail.data / "lock"), "sh", "-c", "echo locked; read -r _"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "locked\n"
        ended = tasktrail("run", book)
    assert ended.code == 2
    assert "in use by process" in ended.err
    assert tasktrail.json("task", "list")["totalCount"] == 1


def test_no_room_for_the_records_is_refused_and_room_again_is_enough(tasktrail: Tasktrail) -> None:
    book = tasktrail.runbook("book", GOOD)
    no_room = ("/bin/sh", "-c", 'ulimit -f 8; exec "$@"', "sh")
    full = tasktrail.alone("run", book, before=no_room)
    assert full.code == 2
    assert "cannot be opened" in full.err
    assert "Traceback" not in full.err
    assert tasktrail("run", book).code == 0
