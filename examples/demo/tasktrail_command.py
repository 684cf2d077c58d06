"""The command `tasktrail`, as a user at a terminal has it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from expectation import UnexpectedError, expect
from screen import Screen

COMMAND_SECONDS = 120.0
"""No command of the demo takes a tenth of this on a machine that has nothing else to do."""

Json = dict[str, Any]


class TasktrailCommand:
    """Runs the real command line; all of its commands use one data directory."""

    def __init__(self, data: Path, directory: Path, screen: Screen) -> None:
        binaries = Path(sys.executable).parent
        self._program = str(binaries / "tasktrail")
        self._directory = directory
        self._screen = screen
        # Steps of runbooks find python3 and its packages where the demo found them.
        self.environment = {
            **os.environ,
            "TASKTRAIL_DATA": str(data),
            "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        }

    def up(self) -> list[str]:
        """The command that keeps the engine running."""
        return [self._program, "up", "--no-http"]

    def show(self, *arguments: str, exit_code: int = 0) -> None:
        """Run a command on the screen.

        Raises:
            UnexpectedError: it ended with another exit code, or not at all.
        """
        self._screen.command(["tasktrail", *arguments])
        ended = self._run(*arguments, capture=False)
        words = " ".join(arguments)
        expect(f"The exit code of `tasktrail {words}`", ended.returncode, wanted=exit_code)

    def ask(self, *arguments: str) -> Json:
        """The JSON that a command answers, off the screen.

        Raises:
            UnexpectedError: it did not end well.
        """
        ended = self._run(*arguments, "-o", "json", capture=True)
        if ended.returncode != 0:
            raise UnexpectedError(f"`tasktrail {' '.join(arguments)}`: {ended.stderr}")
        answer: Json = json.loads(ended.stdout)
        return answer

    def newest(self, name: str) -> Json:
        """The newest task of that definition."""
        newest: Json = self.ask("task", "list", "--name", name, "--page-size", "1")["items"][0]
        return newest

    def wait_for_log(self, task_id: int) -> None:
        """Return once a step of the task has printed its first line."""
        command = [self._program, "task", "logs", str(task_id), "--follow"]
        with subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, text=True
        ) as following:
            assert following.stdout is not None
            line = following.stdout.readline()
            following.terminate()
        if not line:
            raise UnexpectedError(f"Task {task_id} ended without a log.")

    def _run(self, *arguments: str, capture: bool) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                [self._program, *arguments],
                cwd=self._directory,
                env=self.environment,
                check=False,
                capture_output=capture,
                text=True,
                timeout=COMMAND_SECONDS,
            )
        except subprocess.TimeoutExpired:
            words = " ".join(arguments)
            raise UnexpectedError(
                f"`tasktrail {words}` did not end within {COMMAND_SECONDS:.0f} s."
            ) from None
