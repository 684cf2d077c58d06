"""How often somebody may try something: a bucket of tries that fills again with time."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable

from tasktrail.errors import TooManyRequestsError
from tasktrail.model.instant import Instant, seconds_between

_MOST_KNOWN = 10_000
"""How many buckets are kept at most; the one used longest ago goes first."""


class Throttle:
    """Allows whoever tries `burst` tries at once, and one more every `seconds` seconds."""

    def __init__(self, clock: Callable[[], Instant], *, burst: int, seconds: float) -> None:
        self._clock = clock
        self._burst = burst
        self._seconds = seconds
        self._buckets: OrderedDict[str, tuple[float, Instant]] = OrderedDict()

    def take(self, who: str) -> None:
        """Count a try; one that is refused costs nothing.

        Raises:
            TooManyRequestsError: that was one too many; it says when the next one is due.
        """
        now = self._clock()
        tries = self._tries(who, now)
        self._buckets[who] = (tries - 1.0 if tries >= 1.0 else tries), now
        self._buckets.move_to_end(who)
        if len(self._buckets) > _MOST_KNOWN:
            self._buckets.popitem(last=False)
        self._refuse_if_none(tries)

    def check(self, who: str) -> None:
        """Accept that there is a try left, which is not counted yet.

        Raises:
            TooManyRequestsError: there is none; it says when the next one is due.
        """
        self._refuse_if_none(self._tries(who, self._clock()))

    def _refuse_if_none(self, tries: float) -> None:
        if tries < 1.0:
            wait = math.ceil((1.0 - tries) * self._seconds)
            raise TooManyRequestsError(
                "there were too many tries", retry_after=wait, hint=f"try again in {wait} s"
            )

    def _tries(self, who: str, now: Instant) -> float:
        if who not in self._buckets:
            return float(self._burst)
        tries, at = self._buckets[who]
        filled = max(0.0, seconds_between(at, now)) / self._seconds
        return min(float(self._burst), tries + filled)
