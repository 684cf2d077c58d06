"""How things in a definition may be called."""

from __future__ import annotations

import re

_INPUT = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_DEFINITION = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_JOB = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_POOL = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_STEP = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,99}")
_FUNCTION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")

RESERVED_VARIABLES = "TASKTRAIL_"
"""Environment variables that begin so are Tasktrail's own."""


def input_name_problem(name: str) -> str | None:
    """What is wrong with `name` for an input, or None."""
    return _unless(_INPUT, name, "letters, digits and `_`, not beginning with a digit")


def definition_name_problem(name: str) -> str | None:
    """What is wrong with `name` for a definition in the catalog, or None."""
    return _unless(
        _DEFINITION,
        name,
        "lower-case letters, digits, `.`, `_` and `-`, beginning with one of the first two",
    )


def job_name_problem(name: str) -> str | None:
    """What is wrong with `name` for a job, or None."""
    return _unless(
        _JOB, name, "letters, digits, `_`, `.` and `-`, beginning with one of the first two"
    )


def pool_name_problem(name: str) -> str | None:
    """What is wrong with `name` for a pool of workers, or None."""
    return _unless(
        _POOL,
        name,
        "at most 63 lower-case letters, digits, `.`, `_` and `-`, beginning with one of the first "
        "two",
    )


def step_name_problem(name: str) -> str | None:
    """What is wrong with `name` for a step, or None."""
    return _unless(
        _STEP,
        name,
        "letters, digits, spaces, `_`, `.` and `-`, beginning with one of the first two",
    )


def variable_name_problem(name: str) -> str | None:
    """What is wrong with `name` for an environment variable, or None."""
    if name.upper().startswith(RESERVED_VARIABLES):
        return f"the variables {RESERVED_VARIABLES}* are Tasktrail's own"
    return _unless(_VARIABLE, name, "letters, digits and `_`, not beginning with a digit")


def function_name_problem(name: str) -> str | None:
    """What is wrong with `name` for a Python function, or None."""
    return None if _FUNCTION.fullmatch(name) else "must be written `module:function`"


def _unless(shape: re.Pattern[str], name: str, rule: str) -> str | None:
    return None if shape.fullmatch(name) else f"must consist of {rule}"
