"""What the command line says to the shell."""

from __future__ import annotations

from enum import IntEnum

from tasktrail.model.status import Status


class ExitCode(IntEnum):
    """How a command ended. A task that is not over has no exit code."""

    WELL = 0
    FAILED = 1
    REFUSED = 2
    """Wrong usage, or a refusal: nothing was done."""
    TIMED_OUT = 3
    CANCELED = 4
    UNKNOWN = 5
    """The command could not find out how it ended: the engine or the server went away for too long,
    or there is a defect."""
    INTERRUPTED = 130


_OF_STATUS = {
    Status.DONE: ExitCode.WELL,
    Status.DONE_WITH_WARNINGS: ExitCode.WELL,
    Status.FAILED: ExitCode.FAILED,
    Status.TIMED_OUT: ExitCode.TIMED_OUT,
    Status.CANCELED: ExitCode.CANCELED,
}


def exit_code_of(status: Status) -> ExitCode:
    """The exit code for a task that ended with `status`; `UNKNOWN` when it has not ended."""
    return _OF_STATUS.get(status, ExitCode.UNKNOWN)
