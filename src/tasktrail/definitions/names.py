"""How things in a definition may be called."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class _Rule:
    """What names of a kind look like: `most` characters at most, of a `shape`, in `words`."""

    most: int
    shape: re.Pattern[str]
    words: str


_INPUT = _Rule(
    64,
    re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
    "letters, digits and `_`, not beginning with a digit",
)
_VARIABLE = replace(_INPUT, most=128)
_DEFINITION = _Rule(
    100,
    re.compile(r"[a-z0-9][a-z0-9._-]*"),
    "lower-case letters, digits, `.`, `_` and `-`, beginning with one of the first two",
)
_JOB = _Rule(
    100,
    re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*"),
    "letters, digits, `_`, `.` and `-`, beginning with one of the first two",
)
_POOL = replace(_DEFINITION, most=63)
_STEP = _Rule(
    100,
    re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]*"),
    "letters, digits, spaces, `_`, `.` and `-`, beginning with one of the first two",
)
_FUNCTION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")

RESERVED_VARIABLES = "TASKTRAIL_"
"""Environment variables that begin so are Tasktrail's own."""


def input_name_problem(name: str) -> str | None:
    """What is wrong with `name` for an input, or None."""
    return _problem(_INPUT, name)


def definition_name_problem(name: str) -> str | None:
    """What is wrong with `name` for a definition in the catalog, or None."""
    return _problem(_DEFINITION, name)


def job_name_problem(name: str) -> str | None:
    """What is wrong with `name` for a job, or None."""
    return _problem(_JOB, name)


def pool_name_problem(name: str) -> str | None:
    """What is wrong with `name` for a pool of workers, or None."""
    return _problem(_POOL, name)


def step_name_problem(name: str) -> str | None:
    """What is wrong with `name` for a step, or None."""
    return _problem(_STEP, name)


def variable_name_problem(name: str) -> str | None:
    """What is wrong with `name` for an environment variable, or None."""
    if name.upper().startswith(RESERVED_VARIABLES):
        return f"the variables {RESERVED_VARIABLES}* are Tasktrail's own"
    return _problem(_VARIABLE, name)


def function_name_problem(name: str) -> str | None:
    """What is wrong with `name` for a Python function, or None."""
    return None if _FUNCTION.fullmatch(name) else "must be written `module:function`"


def _problem(rule: _Rule, name: str) -> str | None:
    if not rule.shape.fullmatch(name):
        return f"must consist of {rule.words}, at most {rule.most} characters"
    if len(name) > rule.most:
        return f"must have at most {rule.most} characters, and has {len(name)}"
    return None
