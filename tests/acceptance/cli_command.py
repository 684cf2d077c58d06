"""The command `tasktrail` as a user has it, with a data directory of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tasktrail.cli.main import main

_PROGRAM = str(Path(sys.executable).parent / "tasktrail")
_LONGEST = 60


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


class Tasktrail:
    """Runs commands in `directory`, which holds the runbooks and the data.

    Called, it runs a command in this interpreter, from its arguments to its exit code: most tests
    are about what a command does, which costs less than its start. `alone`, `started` and `up`
    start the installed program.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.data = directory / "data"
        self.environment: Mapping[str, str] = {
            **os.environ,
            "TASKTRAIL_DATA": str(self.data),
            "PYTHONUNBUFFERED": "1",
        }

    def runbook(self, name: str, text: str) -> str:
        """Write a runbook; its file name."""
        (self.directory / f"{name}.yml").write_text(f"name: {name}\n{text}")
        return f"{name}.yml"

    def __call__(self, *arguments: str) -> Ended:
        """Run a command to its end, without an OS process of its own."""
        out, err = io.StringIO(), io.StringIO()
        with (
            chdir(self.directory),
            patch.dict(os.environ, self.environment),
            redirect_stdout(out),
            redirect_stderr(err),
            pytest.raises(SystemExit) as leaving,
        ):
            main(arguments)
        return Ended(int(leaving.value.code or 0), out.getvalue(), err.getvalue())

    def alone(self, *arguments: str, before: tuple[str, ...] = ()) -> Ended:
        """Run a command as an OS process to its end; `before` are words of what starts it."""
        ended = subprocess.run(
            [*before, *self._command(*arguments)],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run a command with `-o json`; what it printed, which must be JSON and nothing else."""
        ended = self(*arguments, "-o", "json")
        assert ended.code == code, ended
        return json.loads(ended.out)

    @contextmanager
    def started(self, *arguments: str) -> Generator[subprocess.Popen[str]]:
        """A command that is running; it is killed at the end if it still does."""
        command = subprocess.Popen(
            self._command(*arguments),
            cwd=self.directory,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield command
        finally:
            command.kill()
            command.wait()
            for stream in (command.stdout, command.stderr):
                if stream is not None:
                    stream.close()

    @contextmanager
    def up(self) -> Generator[subprocess.Popen[str]]:
        """`tasktrail up`, listening."""
        with self.started("up", "--no-http") as engine:
            assert engine.stderr is not None
            assert "Tasktrail is up" in engine.stderr.readline()
            yield engine

    def _command(self, *arguments: str) -> list[str]:
        return [_PROGRAM, *arguments]


def read_until(command: subprocess.Popen[str], text: str) -> list[str]:
    """The lines that a command prints, up to one that holds `text`."""
    lines: list[str] = []
    assert command.stdout is not None
    for line in command.stdout:
        lines.append(line.rstrip("\n"))
        if text in line:
            return lines
    raise AssertionError(f"{text!r} never came: {lines}")


def alive(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"
