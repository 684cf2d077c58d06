"""The server of the demo: engine, REST API and dashboard, on this machine only."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from background import Background
from expectation import UnexpectedError
from tasktrail_command import PROGRAM, environment

READY = "Ctrl-C stops it"
"""The last of what it says when it is up."""


class TasktrailServer(Background):
    """`tasktrail up` on a free port, with the definitions of some directories.

    Attributes:
        data: its data directory.
    """

    def __init__(self, data: Path, definitions: Sequence[Path], log: Path) -> None:
        self.data = data
        self._said = log
        self._definitions = definitions
        command = [PROGRAM, "--data", str(data), "up", "--listen", "127.0.0.1:0"]
        super().__init__(command, log, READY, environment())

    def configure(self) -> None:
        """Lay out the data directory."""
        self.data.mkdir()
        # An array of strings is the same in JSON and in TOML.
        directories = json.dumps([str(directory) for directory in self._definitions])
        (self.data / "config.toml").write_text(f"definitions = {directories}\n")

    def invitation(self) -> tuple[str, str]:
        """The address of the server, and the one-time token of its first owner.

        Raises:
            UnexpectedError: it said neither.
        """
        said = self._said.read_text()
        found = re.search(r"(http://\S+)/welcome#(\S+)", said)
        if found is None:
            raise UnexpectedError(f"The server names no link for its owner:\n{said}")
        return found[1], found[2]
