"""Where a line of a log came from."""

from __future__ import annotations

from enum import IntEnum


class Stream(IntEnum):
    """The streams that steps have; the format of logs has room for 7."""

    STDOUT = 1
    STDERR = 2
    SYSTEM = 3
    """Tasktrail itself: notes about what it did to the step or to its log, such as a process that
    had to be killed."""
