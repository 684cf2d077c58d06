"""Callers that were found a moment ago."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from tasktrail.model.instant import Instant, after

BELIEVED = 1.0
"""Seconds for which a caller is believed to have the same rights."""

MOST_KNOWN = 4096
"""How many callers are kept at most; the one found longest ago goes first."""

C = TypeVar("C")

_Key = tuple[str, int | None]
"""The digest of a credential, and the organization that was asked for."""


class KnownCallers(Generic[C]):
    """Keeps callers for a moment. `age` counts how often all were forgotten."""

    def __init__(self, clock: Callable[[], Instant]) -> None:
        self._clock = clock
        self._known: OrderedDict[_Key, tuple[C, Instant]] = OrderedDict()
        self.age = 0

    def find(self, key: _Key) -> C | None:
        """The caller, if it was found not too long ago."""
        found = self._known.get(key)
        if found is None:
            return None
        caller, found_at = found
        now = self._clock()
        if found_at <= now < after(found_at, BELIEVED):
            return caller
        del self._known[key]
        return None

    def keep(self, key: _Key, caller: C, found_at: Instant, age: int) -> None:
        """Keep what was found at `age`: if all were forgotten since, it may be wrong already."""
        if age != self.age:
            return
        self._known[key] = caller, found_at
        self._known.move_to_end(key)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    def forget(self) -> None:
        """Keep none of them any more."""
        self.age += 1
        self._known.clear()
