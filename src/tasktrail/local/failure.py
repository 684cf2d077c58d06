"""Exceptions as they travel: the one that arrives is of the class that was raised."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator

from msgspec import Struct

from tasktrail.errors import (
    Problem,
    RefusedError,
    StoreUnavailableError,
    TasktrailError,
    UserError,
)

_log = logging.getLogger(__name__)

INTERNAL = "internal"
"""The code of a failure that nobody raised on purpose."""

_UNREFUSED: dict[str, type[TasktrailError]] = {
    "user_error": UserError,
    "store_unavailable": StoreUnavailableError,
}


class Failure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why an operation did not give an answer."""

    code: str
    message: str
    hint: str | None = None
    problems: tuple[Problem, ...] = ()


def failure_of(error: Exception) -> Failure:
    """What travels for `error`.

    An exception that was not raised on purpose is logged here and travels without its details,
    under a reference that finds it in the log.
    """
    if isinstance(error, RefusedError):
        return Failure(
            code=error.code, message=error.message, hint=error.hint, problems=error.problems
        )
    for code, kind in _UNREFUSED.items():
        if isinstance(error, kind):
            return Failure(code=code, message=str(error))
    reference = f"E-{secrets.token_hex(4)}"
    _log.error("an operation failed unexpectedly (%s)", reference, exc_info=error)
    return Failure(
        code=INTERNAL, message=f"the engine met an unexpected error (reference {reference})"
    )


def error_of(failure: Failure) -> TasktrailError:
    """The exception that `failure` was made of.

    A code that is not known here (an engine of another version) gives a plain `RefusedError`.
    """
    if failure.code == INTERNAL:
        return TasktrailError(failure.message)
    if failure.code in _UNREFUSED:
        return _UNREFUSED[failure.code](failure.message)
    kind = next((kind for kind in _refusals(RefusedError) if kind.code == failure.code), None)
    return (kind or RefusedError)(failure.message, hint=failure.hint, problems=failure.problems)


def _refusals(kind: type[RefusedError]) -> Iterator[type[RefusedError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _refusals(narrower)
