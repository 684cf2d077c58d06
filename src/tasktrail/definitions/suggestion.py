"""What somebody who mistyped a name may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection

_LONGEST = 100
"""Names longer than this are not compared: the comparison is quadratic."""


def suggestion(given: str, known: Collection[str]) -> str | None:
    """A hint such as "did you mean `timeout`?", or None when nothing is near."""
    if len(given) > _LONGEST:
        return None
    near = difflib.get_close_matches(given.lower(), {name.lower() for name in known}, n=1)
    spelled = next((name for name in known if near and name.lower() == near[0]), None)
    return None if spelled is None else f"did you mean `{spelled}`?"
