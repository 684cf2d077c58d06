"""A step may write what it likes, and as much: the engine stays small, and the log is what was
written.

`make campaign-size` has the lines at full size.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from cli_command import Tasktrail

MIB = 1024 * 1024
SIZE = int(os.environ.get("SIZE") or 80 * MIB)
"""Bytes of a line without an end. So many are more than the frames of a segment hold, and than any
buffer on the way."""
BURST = 5_000_000
PER_STEP = 64 * MIB
"""What a running step may cost the engine (logs.md)."""
MAX_LINE = MIB
"""Where a line is ended by force."""


class Engine(NamedTuple):
    """`tasktrail up`, which has run a task already."""

    tasktrail: Tasktrail
    pid: int
    idle: int
    """Bytes of memory that it had then."""

    @contextmanager
    def bounded(self, what: str) -> Generator[None]:
        """What is done meanwhile may cost what a running step may; and nothing piles up."""
        forget_peak(self.pid)
        before = peak_of(self.pid)
        yield
        peak = peak_of(self.pid)
        grown, in_all = (peak - before) / MIB, (peak - self.idle) / MIB
        print(f"{what}: {grown:.1f} MiB, {in_all:.1f} MiB since the start")
        assert peak - before < PER_STEP
        assert peak - self.idle < 2 * PER_STEP

    def write(self, name: str, command: str) -> str:
        """Have a step carry out `command`; the id of the task. Memory must be bounded."""
        steps = f"[{{name: Write, run: {json.dumps(command)}}}]"
        runbook = self.tasktrail.runbook(name, f"jobs: {{main: {{steps: {steps}}}}}")
        with self.bounded(f"to write {name}"):
            ended = self.tasktrail("run", runbook, "-o", "json")
        assert ended.code == 0, ended
        return str(json.loads(ended.out)["id"])

    def raw(self, task_id: str) -> tuple[int, str]:
        """Length and SHA-256 of what `task logs --raw` gives. Memory must be bounded."""
        digest, length = hashlib.sha256(), 0
        program = str(Path(sys.executable).parent / "tasktrail")
        with (
            self.bounded("to give raw bytes"),
            subprocess.Popen(
                [program, "task", "logs", task_id, "--raw"],
                env=self.tasktrail.environment,
                stdout=subprocess.PIPE,
            ) as reading,
        ):
            assert reading.stdout is not None
            while chunk := reading.stdout.read(MIB):
                digest.update(chunk)
                length += len(chunk)
        return length, digest.hexdigest()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    tasktrail = Tasktrail(tmp_path_factory.mktemp("hostile"))
    first = tasktrail.runbook("first", "jobs: {main: {steps: [{name: Say, run: 'seq 100'}]}}")
    with tasktrail.up() as up:
        assert tasktrail("run", first).code == 0
        assert tasktrail("task", "logs", "1", "--tail", "1").out == "[main/Say] 100\n"
        forget_peak(up.pid)
        yield Engine(tasktrail, up.pid, peak_of(up.pid))


def forget_peak(pid: int) -> None:
    """Let the memory of a process be measured anew from now on."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_of(pid: int) -> int:
    """The most memory that a process has had, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [peak] = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(peak) * 1024


def test_line_without_an_end_is_kept_in_lines_of_a_mebibyte(engine: Engine) -> None:
    task = engine.write("line", f"head -c {SIZE} /dev/zero | tr '\\0' x")
    whole = hashlib.sha256()
    for _ in range(SIZE // MIB):
        whole.update(b"x" * MIB)
    assert engine.raw(task) == (SIZE, whole.hexdigest())
    shown = engine.tasktrail("task", "logs", task, "--tail", "2").out
    assert shown == f"[main/Write] {'x' * MAX_LINE}\n" * 2
    counted = engine.tasktrail("task", "logs", task, "--search", "x", "--count").out
    assert counted == f"[main/Write] {SIZE // MAX_LINE}\n"


def test_noise_without_an_end_comes_back_byte_by_byte(engine: Engine) -> None:
    """NUL, whatever is no UTF-8, characters cut in two, sequences of every kind."""
    noise = engine.tasktrail.directory / "noise"
    task = engine.write("noise", f"head -c {SIZE // 4} /dev/urandom | tr -d '\\n' | tee {noise}")
    written = noise.read_bytes()
    noise.unlink()
    assert engine.raw(task) == (len(written), hashlib.sha256(written).hexdigest())
    shown = engine.tasktrail("task", "logs", task, "--lines", "2:2").out
    assert not unsafe(shown.rstrip("\n"))


@pytest.mark.parametrize(
    ("command", "last"), [(f"seq {BURST}", str(BURST)), (f"yes '' | head -n {BURST}", "")]
)
def test_burst_of_five_million_lines_is_kept_and_found(
    engine: Engine, command: str, last: str
) -> None:
    task = engine.write(f"burst{len(last)}", command)
    shown = engine.tasktrail("task", "logs", task, "--lines", f"{BURST}:").out
    assert shown == f"[main/Write] {last}\n"
    with engine.bounded("to search"):
        found = engine.tasktrail("task", "logs", task, "--search", str(BURST), "--count").out
    assert found == f"[main/Write] {1 if last else 0}\n"


def test_character_that_comes_in_two_pieces_is_one(engine: Engine) -> None:
    command = "printf 'a\\303'; sleep 0.1; printf '\\244b\\n'; printf '\\342\\202'; exit 0"
    task = engine.write("split", command)
    assert engine.tasktrail("task", "logs", task).out.splitlines() == [
        "[main/Write] aäb",
        "[main/Write] \ufffd",
    ]


def unsafe(text: str) -> set[str]:
    """What of `text` a terminal would obey, or read in another order."""
    return {
        character
        for character in text
        if character < " " or "\x7f" <= character <= "\x9f" or character in DIRECTIONS
    } - {"\t"}


DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
