"""What the demo says between the answers of the command line."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

BOLD, DIM, RED, GREEN = "1", "2", "31", "32"


class Screen:
    """Headings and commands; coloured on a terminal, plain elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._coloured = stream.isatty() and "NO_COLOR" not in os.environ
        self._chapter = 0

    def heading(self, text: str) -> None:
        """The next chapter."""
        self._chapter += 1
        self._write(f"\n{self._in(BOLD, f'{self._chapter}. {text}')}")

    def command(self, words: Sequence[str]) -> None:
        """A command, as it would be typed; what it prints comes next."""
        self._write(f"\n{self._in(DIM, f'$ {shlex.join(words)}')}")

    def say(self, text: str) -> None:
        """A sentence, or what it speaks of."""
        self._write(text)

    def succeed(self, text: str) -> None:
        """What went well."""
        self._write(f"\n{self._in(GREEN, text)}")

    def close(self, directory: Path) -> None:
        """The end."""
        data = shlex.quote(os.path.relpath(directory / "data"))
        self._write("\nEverything is stopped; the record stays:")
        self._write(f".venv/bin/tasktrail --data {data} task list --silent")

    def complain(self, text: str) -> None:
        """What went wrong."""
        self._stream.flush()
        print(f"\n{self._in(RED, text)}", file=sys.stderr)

    def _in(self, colour: str, text: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._coloured else text

    def _write(self, text: str) -> None:
        # Flushed, because the next line is written by another process.
        print(text, file=self._stream, flush=True)
