"""What a simulation finds."""

from __future__ import annotations


class BrokenError(AssertionError):
    """Something that must always hold does not."""


def hold(holds: bool, broken: str, *about: object) -> None:
    """Go on only if `holds`; `broken` says what does not, with `about` for its `{}`.

    Raises:
        BrokenError: it does not hold.
    """
    if not holds:
        raise BrokenError(broken.format(*about))
