"""Where in the user's source something was written, and the problems found there."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tasktrail.errors import DefinitionError, Problem

_OWN_CODE = str(Path(__file__).parent)


class SourcePlace(NamedTuple):
    """A line of the user's source; either part is None when it is not known."""

    file: str | None
    line: int | None

    def problem(
        self, message: str, hint: str | None = None, *, field: str | None = None
    ) -> Problem:
        """A problem at this place."""
        return Problem(message, field=field, file=self.file, line=self.line, hint=hint or None)


def caller() -> SourcePlace:
    """The line outside of this package that is being executed."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage] - documented, and traceback does the same
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_OWN_CODE):
        frame = frame.f_back
    return SourcePlace(frame.f_code.co_filename, frame.f_lineno)


def place_of(function: Callable[..., Any]) -> SourcePlace:
    """Where `function` is defined."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return SourcePlace(code.co_filename, code.co_firstlineno) if code else SourcePlace(None, None)


def parameter_places(function: Callable[..., Any]) -> dict[str, SourcePlace]:
    """Where each parameter of `function` stands; empty when its source cannot be read."""
    try:
        lines, first = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError, TypeError):
        return {}
    file = place_of(function).file
    return {
        node.arg: SourcePlace(file, first + node.lineno - 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.arg)
    }


def place_of_error(error: BaseException) -> SourcePlace:
    """The innermost line outside of this package and the import system that led to `error`."""
    if isinstance(error, SyntaxError) and error.filename:
        return SourcePlace(error.filename, error.lineno)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith((_OWN_CODE, "<frozen")):
            return SourcePlace(frame.filename, frame.lineno)
    return SourcePlace(None, None)


def described(error: BaseException) -> str:
    """Type and text of `error` in one line."""
    return "".join(traceback.format_exception_only(error)[-1:]).strip()


def raise_problems(what: str, problems: list[Problem]) -> None:
    """Go on only if there is none.

    Raises:
        DefinitionError: with all of them.
    """
    if problems:
        count = "a problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise DefinitionError(f"{what} has {count}", problems=tuple(problems))
