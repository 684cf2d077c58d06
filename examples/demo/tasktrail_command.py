"""The command `tasktrail`, as a user at a terminal has it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from expectation import UnexpectedError, expect
from screen import Screen

COMMAND_SECONDS = 120.0
"""No command of the demo takes a tenth of this on a machine that has nothing else to do."""

_BINARIES = Path(sys.executable).parent
PROGRAM = str(_BINARIES / "tasktrail")


def environment() -> dict[str, str]:
    """That of the demo, where steps of runbooks find the python3 that the demo itself has."""
    return {**os.environ, "PATH": f"{_BINARIES}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


class TasktrailCommand:
    """Runs the real command line, which asks the server at `url`: with the key of the owner, or
    with that of the platform's robot."""

    def __init__(self, url: str, owner_key: str, robot_key: str, screen: Screen) -> None:
        self._keys = {False: owner_key, True: robot_key}
        self._screen = screen
        self._environment = {**environment(), "TASKTRAIL_URL": url}

    def show(self, *arguments: str, exit_code: int = 0, as_robot: bool = False) -> None:
        """Run a command on the screen.

        Raises:
            UnexpectedError: it ended with another exit code, or not at all.
        """
        self._screen.command(["tasktrail", *arguments])
        words = " ".join(arguments)
        try:
            ended = subprocess.run(
                [PROGRAM, *arguments],
                env={**self._environment, "TASKTRAIL_API_KEY": self._keys[as_robot]},
                check=False,
                timeout=COMMAND_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise UnexpectedError(
                f"`tasktrail {words}` did not end within {COMMAND_SECONDS:.0f} s."
            ) from None
        expect(f"The exit code of `tasktrail {words}`", ended.returncode, wanted=exit_code)
