"""What the lines of this program's own log are about: the request, the task, the job."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_subjects: ContextVar[dict[str, str | int]] = ContextVar("subjects")


@contextmanager
def about(**subjects: str | int) -> Generator[None]:
    """Until the end of the block, whatever this piece of work logs is about `subjects` too."""
    token = _subjects.set(log_subjects() | subjects)
    try:
        yield
    finally:
        _subjects.reset(token)


def log_subjects() -> dict[str, str | int]:
    """What is being worked on, by name."""
    return _subjects.get({})
