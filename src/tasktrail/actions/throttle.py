"""How often somebody may do something: a bucket of turns that fills again with time."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable

from tasktrail.errors import TooManyRequestsError
from tasktrail.model.instant import Instant, seconds_between

_MOST_KNOWN = 10_000
"""How many buckets are kept at most; the one used longest ago goes first."""


class Throttle:
    """Allows everybody `burst` turns at once, and one more every `seconds` seconds."""

    def __init__(self, clock: Callable[[], Instant], *, burst: int, seconds: float) -> None:
        self._clock = clock
        self._burst = burst
        self._seconds = seconds
        self._buckets: OrderedDict[str, tuple[float, Instant]] = OrderedDict()

    def take(self, who: str) -> None:
        """Count a turn; one that is refused costs nothing.

        Raises:
            TooManyRequestsError: that was one too many; it says when the next one is due.
        """
        now = self._clock()
        turns = self._turns(who, now)
        self._buckets[who] = (turns - 1.0 if turns >= 1.0 else turns), now
        self._buckets.move_to_end(who)
        if len(self._buckets) > _MOST_KNOWN:
            self._buckets.popitem(last=False)
        if turns < 1.0:
            wait = max(1, math.ceil((1.0 - turns) * self._seconds))
            raise TooManyRequestsError(
                f"too many requests; try again in {wait} s", retry_after=wait
            )

    def has_turns(self, who: str) -> bool:
        """Whether there is a turn left; none is counted."""
        return self._turns(who, self._clock()) >= 1.0

    def _turns(self, who: str, now: Instant) -> float:
        if who not in self._buckets:
            return float(self._burst)
        turns, at = self._buckets[who]
        filled = max(0.0, seconds_between(at, now)) / self._seconds
        return min(float(self._burst), turns + filled)
