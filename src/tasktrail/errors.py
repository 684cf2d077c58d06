"""Every exception that Tasktrail raises on purpose.

    TasktrailError
    ├── UserError                  a Python step says: tried, and it did not succeed
    ├── RefusedError               what was asked for cannot be done; nothing was changed
    │   ├── InvalidInputError      one or more given values are wrong (all of them are named)
    │   ├── DefinitionError        a runbook, pipeline file or Python definition is wrong
    │   ├── NotFoundError          no such thing, or none that the caller may see
    │   ├── NotSignedInError       nobody is known by these credentials
    │   ├── NotAllowedError        it may be seen but not done
    │   ├── ConflictError          the thing is not in a state that allows it
    │   ├── TooManyRequestsError   asked too often; it says how long to wait
    │   ├── ServerUnreachableError the server cannot be reached, or is none of Tasktrail
    │   ├── LogStoreError          the store of finished logs did not do what it should
    │   └── DataDirectoryError     the data directory cannot be used
    │       ├── DataDirectoryInUseError   another process owns it, which may pass
    │       └── RecordsUnavailableError   its database cannot be opened, which may pass
    ├── StaleClaimError            a write by somebody who no longer owns the job
    ├── StoreUnavailableError      the database did not take the write
    │   └── CommitUnknownError     it may have taken it: only the answer is missing
    ├── LogDamagedError            bytes of a log cannot be read back as they were written
    └── ConnectionLostError        the engine at the other end went away
        └── EndUnknownError        so that nobody here learns how a task ends

A refusal carries a stable `code`, a message that says what is wrong, and where possible a hint
that says what to do. The command line turns every refusal into exit code 2, an API into a problem
response.
"""

from __future__ import annotations

from dataclasses import dataclass


class TasktrailError(Exception):
    """Root of everything that Tasktrail raises on purpose."""


class UserError(TasktrailError):
    """Raised by a Python step: the operation was tried and did not succeed (statuses.md).

    Anything else that a Python step raises is a *system* error.
    """


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with what was given.

    `line` and `column` count from 1; they and `file` are None where there is no such place.
    """

    message: str
    field: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None

    def __str__(self) -> str:
        place = ":".join(
            str(part) for part in (self.file, self.line, self.column) if part is not None
        )
        text = f"{place}: {self.message}" if place else self.message
        return f"{text}\n  hint: {self.hint}" if self.hint else text


class RefusedError(TasktrailError):
    """What was asked for cannot be done; nothing was changed."""

    code = "refused"

    def __init__(
        self, message: str, *, hint: str | None = None, problems: tuple[Problem, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = problems

    def __str__(self) -> str:
        lines = [self.message, *(str(problem) for problem in self.problems)]
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


class InvalidInputError(RefusedError):
    """One or more given values are wrong; `problems` names every one of them."""

    code = "invalid_input"


class DefinitionError(RefusedError):
    """A definition is wrong; `problems` holds all of it, with file, line and hint."""

    code = "invalid_definition"


class NotFoundError(RefusedError):
    """No such thing, or none that the caller may see."""

    code = "not_found"


class NotSignedInError(RefusedError):
    """Nobody is known by these credentials: wrong, expired, revoked, or of a disabled user.

    The message never says which of these it is.
    """

    code = "not_signed_in"


class NotAllowedError(RefusedError):
    """The caller may see the thing but not do this to it."""

    code = "not_allowed"


class ConflictError(RefusedError):
    """The thing is not in a state that allows what was asked."""

    code = "conflict"


class TooManyRequestsError(RefusedError):
    """Asked too often; `retry_after` is how many seconds to wait before the next try."""

    code = "too_many_requests"

    def __init__(
        self,
        message: str,
        *,
        retry_after: float = 1.0,
        hint: str | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> None:
        super().__init__(message, hint=hint, problems=problems)
        self.retry_after = retry_after


class ServerUnreachableError(RefusedError):
    """No server can be reached at the address, or what answers there is none of Tasktrail."""

    code = "server_unreachable"


class LogStoreError(RefusedError):
    """The store of finished logs cannot be reached, or did not do what was asked of it."""

    code = "log_store"


class DataDirectoryError(RefusedError):
    """The data directory is in use, cannot be written, or holds something else."""

    code = "data_directory"


class DataDirectoryInUseError(DataDirectoryError):
    """Another process owns the data directory; a moment later it may be free, or served."""

    code = "data_directory_in_use"


class RecordsUnavailableError(DataDirectoryError):
    """The database with the records of a data directory cannot be opened."""

    code = "records_unavailable"


class StaleClaimError(TasktrailError):
    """A write carried a claim token or attempt that is no longer the current one."""


class StoreUnavailableError(TasktrailError):
    """The database did not take the write (locked, full, gone); nothing of it was kept."""


class CommitUnknownError(StoreUnavailableError):
    """The answer to a commit was lost: what concerns `task_ids` was kept whole, or not at all."""

    def __init__(self, message: str, task_ids: frozenset[int]) -> None:
        super().__init__(message)
        self.task_ids = task_ids


class ConnectionLostError(TasktrailError):
    """The engine at the other end of the socket went away in the middle of a call."""


class EndUnknownError(ConnectionLostError):
    """How the task `task_id` ends cannot be found out; it goes on, or is settled later."""

    def __init__(self, message: str, task_id: int) -> None:
        super().__init__(message)
        self.task_id = task_id


class LogDamagedError(TasktrailError):
    """The frame at `offset` of a log file, in which line `line` ends, cannot be read back."""

    def __init__(self, offset: int, line: int) -> None:
        super().__init__(f"the log file is damaged at offset {offset} (line {line})")
        self.offset = offset
        self.line = line
