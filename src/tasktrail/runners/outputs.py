"""The values that a step hands on: the file that it writes them to, as CI users know it.

key=value

key<<END
a value of
several lines
END
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from tasktrail.errors import TasktrailError
from tasktrail.failpoints import Failpoint, reach

MOST_BYTES = 1024 * 1024
"""What the file may hold."""
MOST_VALUE_BYTES = 64 * 1024
"""What one value may hold."""

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHAPE = re.compile(r"(?P<key>[^=<]*)(?:=(?P<value>.*)|<<(?P<delimiter>.+))", re.DOTALL)
_SHOWN = 40


class OutputError(TasktrailError):
    """A step wrote its outputs wrongly: a user error. `line` counts from 1, None for the file."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(f"outputs, line {line}: {message}" if line else f"outputs: {message}")
        self.line = line


def read_outputs(path: Path) -> dict[str, str]:
    """The outputs in the file at `path`; none when there is no such file.

    Raises:
        OutputError: it is not a file, too large, or a line of it is wrong.
        OSError: it cannot be read.
    """
    try:
        # The step may have put anything there; a named pipe would block for ever.
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return {}
    with open(fd, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OutputError("what stands in its place is not a file")
        content = file.read(MOST_BYTES + 1)
    reach(Failpoint.OUTPUTS_READ)
    return parse_outputs(content)


def parse_outputs(content: bytes) -> dict[str, str]:
    """The outputs that `content` holds; of a key written twice the later value counts.

    Raises:
        OutputError: it is too large, or a line of it is wrong.
    """
    if len(content) > MOST_BYTES:
        raise OutputError(f"more than {MOST_BYTES} bytes")
    outputs: dict[str, str] = {}
    lines = [line.removesuffix("\r") for line in _decoded(content).split("\n")]
    at = 0
    while at < len(lines):
        number = at + 1
        if lines[at]:
            key, value, at = _entry(lines, at)
            outputs[key] = _bounded(value, key, number)
        at += 1
    return outputs


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise OutputError("not UTF-8", line) from None


def _entry(lines: list[str], at: int) -> tuple[str, str, int]:
    """Key and value that start at line `at`, and the line that they end at."""
    shape = _SHAPE.fullmatch(lines[at])
    if shape is None:
        # The line is not quoted: a mistake could have put a secret there.
        raise OutputError("neither key=value nor key<<DELIMITER", at + 1)
    key = shape["key"]
    if not _KEY.fullmatch(key):
        message = f"'{_shortened(key)}' is no key: letters, digits and _, not starting with a digit"
        raise OutputError(message, at + 1)
    if shape["delimiter"] is None:
        return key, shape["value"], at
    return key, *_several_lines(lines, at, shape["delimiter"])


def _several_lines(lines: list[str], at: int, delimiter: str) -> tuple[str, int]:
    try:
        end = lines.index(delimiter, at + 1)
    except ValueError:
        message = f"no line '{_shortened(delimiter)}' ends the value that starts here"
        raise OutputError(message, at + 1) from None
    return "\n".join(lines[at + 1 : end]), end


def _bounded(value: str, key: str, number: int) -> str:
    if len(value.encode()) > MOST_VALUE_BYTES:
        raise OutputError(f"the value of '{key}' has more than {MOST_VALUE_BYTES} bytes", number)
    return value


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
