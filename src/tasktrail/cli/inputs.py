"""`-i key=value`: the inputs of a task as they are given on the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tasktrail.errors import InvalidInputError, Problem


def read_inputs(given: Sequence[str], from_environment: Sequence[str] = ()) -> dict[str, str]:
    """The inputs that `key=value` pairs name.

    `key=@FILE` takes the content of a file and `key=@-` that of stdin, without its last line
    break; `key=@@text` is the text `@text`. `from_environment` holds `key=NAME` pairs, whose
    values are in environment variables.

    Raises:
        InvalidInputError: one or more of them cannot be read, or name the same input twice.
    """
    inputs: dict[str, str] = {}
    problems: list[Problem] = []
    pairs = [(pair, False) for pair in given] + [(pair, True) for pair in from_environment]
    for pair, environment in pairs:
        key, equals, text = pair.partition("=")
        if not (key and equals):
            problems.append(Problem(f"'{pair}' is not of the form key=value"))
            continue
        if key in inputs:
            problems.append(Problem("the input is given twice", field=key))
            continue
        try:
            inputs[key] = _variable(text) if environment else _value(text)
        except (OSError, ValueError) as error:
            problems.append(Problem(_reason(error), field=key))
    if problems:
        raise InvalidInputError("these inputs cannot be read:", problems=tuple(problems))
    return inputs


def _value(text: str) -> str:
    if text.startswith("@@"):
        return text[1:]
    if text == "@-":
        return _without_last_line_break(sys.stdin.read())
    if text.startswith("@"):
        return _without_last_line_break(Path(text[1:]).read_text(encoding="utf-8"))
    return text


def _variable(name: str) -> str:
    if name not in os.environ:
        raise ValueError(f"there is no environment variable '{name}'")
    return os.environ[name]


def _without_last_line_break(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "the file is not UTF-8 text"
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}"
    return str(error)
