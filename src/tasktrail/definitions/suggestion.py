"""What somebody who mistyped a name may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from itertools import islice

_LONGEST = 100
"""Names longer than this are not compared: the comparison is quadratic."""

_MOST_COMPARED = 200
_MOST_LISTED = 15


def suggestion(given: str, known: Collection[str]) -> str | None:
    """A hint such as "did you mean `timeout`?", or None when nothing is near."""
    if len(given) > _LONGEST or len(known) > _MOST_COMPARED:
        return None
    near = difflib.get_close_matches(given.lower(), {name.lower() for name in known}, n=1)
    spelled = next((name for name in known if near and name.lower() == near[0]), None)
    return None if spelled is None else f"did you mean `{spelled}`?"


def suggestion_or_listing(given: str, known: Collection[str], what: str) -> str | None:
    """A suggestion, or else the known names after `what`; None when nothing is known."""
    if not known:
        return None
    listed = ", ".join(islice(known, _MOST_LISTED))
    more = ", ..." if len(known) > _MOST_LISTED else ""
    return suggestion(given, known) or f"{what}: {listed}{more}"
