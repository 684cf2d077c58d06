"""Ranges of lines, as people write them."""

from __future__ import annotations

import re

from tasktrail.errors import InvalidInputError

_RANGE = re.compile(r"(-?\d{1,18})?(?:(:)(-?\d{1,18})?)?", re.ASCII)


def parse_lines(text: str) -> tuple[int | None, int | None]:
    """The numbers of the first and of the last line: `10:20`, `10:`, `:20`, `-20:`, `10`.

    Negative numbers count from the end; None is an end that was left out.

    Raises:
        InvalidInputError: it is no such range.
    """
    match = _RANGE.fullmatch(text.strip())
    if match is None or not (match[1] or match[3]):
        raise InvalidInputError(
            f"'{text}' is no range of lines", hint="write 10:20, 10:, :20, or -20: for the last 20"
        )
    first = int(match[1]) if match[1] else None
    if match[2] is None:
        return first, first
    return first, int(match[3]) if match[3] else None
