"""What the demo relies on, and says when it is not so."""

from __future__ import annotations

import sys


class UnexpectedError(Exception):
    """Something of the demo is not as it should be."""


def expect(what: str, actual: object, *, wanted: object) -> None:
    """Go on if `actual` is `wanted`.

    Raises:
        UnexpectedError: it is not.
    """
    if actual != wanted:
        sys.stdout.flush()
        raise UnexpectedError(f"{what}: expected {wanted!r}, but it is {actual!r}.")
