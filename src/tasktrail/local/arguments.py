"""Reads the arguments of operations."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import msgspec

from tasktrail.errors import InvalidInputError
from tasktrail.local import request
from tasktrail.local.transport import JsonObject
from tasktrail.model.instant import Instant, from_datetime

_R = TypeVar("_R", bound=request.Request)


def read_arguments(arguments: JsonObject, shape: type[_R]) -> _R:
    """`arguments` as `shape`.

    Raises:
        InvalidInputError: they are something else.
    """
    try:
        return msgspec.convert(arguments, shape, strict=True)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"the request is not as it should be: {error}") from error


def read_instant(field: str, text: str | None) -> Instant | None:
    """The time that `text` names, in RFC 3339; None for None.

    Raises:
        InvalidInputError: it names none.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(f"{field} is not an RFC 3339 time: {text}") from error
    if moment.tzinfo is None:
        raise InvalidInputError(f"{field} has no time zone: {text}", hint="add Z for UTC")
    return from_datetime(moment)
