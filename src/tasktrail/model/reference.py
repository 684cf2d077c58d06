"""What a user gives to support to have an error found: it names the attempt that ended so (M19)."""

from __future__ import annotations

import re

from tasktrail.model.step import Step

_REFERENCE = re.compile(r"T(\d{1,18})-S\d{1,18}-A\d{1,9}", re.ASCII | re.IGNORECASE)


def reference_of(step: Step) -> str:
    """The reference of the attempt at `step` that is the last one now, such as `T4711-S52-A1`."""
    return f"T{step.task_id}-S{step.id}-A{step.attempts}"


def referred_task(text: str) -> int | None:
    """The task that a reference, in whatever case, is about; None for any other text."""
    found = _REFERENCE.fullmatch(text.strip())
    return None if found is None else int(found[1])
