"""A process that could not be started."""

from __future__ import annotations

import errno
from enum import StrEnum

from tasktrail.errors import TasktrailError

_MISSING = frozenset(
    {errno.ENOENT, errno.EACCES, errno.ENOTDIR, errno.EISDIR, errno.ENOEXEC, errno.ELOOP}
)
_TOO_LONG = frozenset({errno.E2BIG, errno.ENAMETOOLONG})


class SpawnSubject(StrEnum):
    """What the operating system's refusal is about."""

    COMMAND = "command"
    WORKING_DIRECTORY = "working directory"
    MACHINE = "machine"
    """Neither: no memory, no processes, no file handles left."""


class SpawnError(TasktrailError):
    """The operating system refused to start a process; nothing of it exists.

    `code` is the errno; `asked_wrongly` tells a mistake of who wrote the step (no such shell, no
    such directory, too long a script) from a machine that is out of something.
    """

    def __init__(self, subject: SpawnSubject, code: int, message: str) -> None:
        super().__init__(message)
        self.subject = subject
        self.code = code

    @property
    def asked_wrongly(self) -> bool:
        """Whether it would be refused on every machine: a user error."""
        return self.subject is not SpawnSubject.MACHINE


def spawn_error(refusal: OSError | ValueError, *, command: str, cwd: str) -> SpawnError:
    """The spawn error that `refusal`, raised while starting `command` in `cwd`, stands for.

    A ValueError is Python's refusal to pass on a NUL byte or a variable's name with a `=`.
    """
    if isinstance(refusal, ValueError):
        message = f"cannot start '{command}': {refusal} in the command or its environment"
        return SpawnError(SpawnSubject.COMMAND, errno.EINVAL, message)
    code = refusal.errno or errno.EIO
    reason = (refusal.strerror or str(refusal)).lower()
    if code in _TOO_LONG:
        message = f"the script and its environment are too long to start '{command}': {reason}"
        return SpawnError(SpawnSubject.COMMAND, code, message)
    if code in _MISSING and refusal.filename == cwd:
        message = f"cannot enter the working directory '{cwd}': {reason}"
        return SpawnError(SpawnSubject.WORKING_DIRECTORY, code, message)
    if code in _MISSING:
        return SpawnError(SpawnSubject.COMMAND, code, f"cannot start '{command}': {reason}")
    return SpawnError(SpawnSubject.MACHINE, code, f"cannot start a process: {reason}")
