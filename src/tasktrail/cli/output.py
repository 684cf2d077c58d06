"""Where commands write: JSON or text on stdout, notes and errors on stderr."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from tasktrail.errors import EndUnknownError, RefusedError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_C1_CONTROL = re.compile("[\x7f-\x9f]")
UNLIMITED = 1_000_000
"""The width of what is no terminal, in columns."""


class OutputFormat(StrEnum):
    """What a command shows its answer as."""

    TABLE = "table"
    JSON = "json"


def print_json(value: object) -> None:
    """Print `value` on stdout: indented, UTF-8, and harmless to a terminal."""
    print(json_text(value, indent=2))


def print_json_line(value: object) -> None:
    """Print `value` on stdout as one line, at once."""
    print(json_text(value, indent=None), flush=True)


@cache
def console() -> Console:
    """Stdout. When it is no terminal, nothing is cut or wrapped."""
    return _console()


def error_console() -> Console:
    """Stderr, for what moves while somebody waits."""
    from rich.console import Console

    return Console(stderr=True, markup=False, highlight=False, emoji=False)


def print_text(text: Text) -> None:
    """Print lines on stdout as they are. Rich is asked only where there are colours to keep."""
    if console().is_terminal:
        console().print(text, soft_wrap=True)
    else:
        print(text.plain, flush=True)


def stop_writing() -> None:
    """Whoever read our output (`| head`) has enough: whatever is still printed goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def note(text: str) -> None:
    """Say something to the person that is no part of the answer."""
    from tasktrail.cli.safe_text import plain_lines

    # A terminal that was closed takes nothing any more, which must not keep a command from ending.
    with contextlib.suppress(OSError):
        print(plain_lines(text), file=sys.stderr, flush=True)


def print_error(error: Exception, output: OutputFormat) -> None:
    """Say on stderr why a command did not do what was asked."""
    if output is OutputFormat.JSON:
        print(json_text(_problem(error), indent=2), file=sys.stderr)
    else:
        note(f"error: {error}")


def _problem(error: Exception) -> dict[str, object]:
    """`error` in the fields of a problem response of the REST contract."""
    if isinstance(error, EndUnknownError):
        return {"code": "unknown_outcome", "message": str(error), "taskId": error.task_id}
    if not isinstance(error, RefusedError):
        return {"code": "unknown_outcome", "message": str(error)}
    problem: dict[str, object] = {"code": error.code, "message": error.message}
    if error.hint:
        problem["hint"] = error.hint
    if error.problems:
        problem["errors"] = [
            {name: value for name in each.__slots__ if (value := getattr(each, name)) is not None}
            for each in error.problems
        ]
    return problem


def json_text(value: object, *, indent: int | None) -> str:
    """`value` as JSON in UTF-8, harmless to a terminal."""
    # JSON escapes the controls up to U+001F by itself; some terminals obey those after U+007E too.
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    return _C1_CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _console() -> Console:
    from rich.console import Console

    made = Console(markup=False, highlight=False, emoji=False)
    if not made.is_terminal:
        made.width = UNLIMITED
    return made
