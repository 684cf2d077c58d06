"""Durations as options give them."""

from __future__ import annotations

from tasktrail.definitions.duration import parse_duration
from tasktrail.errors import InvalidInputError


def seconds_of(option: str, text: str) -> float:
    """The seconds that a duration stands for, such as `90d`.

    Raises:
        InvalidInputError: it is no duration; `option` is named.
    """
    try:
        return parse_duration(text)
    except ValueError as error:
        raise InvalidInputError(
            f"{option}: {text!r} {error}", hint="for example 90d, 12h or 1d12h"
        ) from error
