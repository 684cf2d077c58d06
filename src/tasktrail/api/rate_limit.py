"""How many requests one credential may make (rest-contract.md, "What existing clients rely on")."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tasktrail.errors import TooManyRequestsError
from tasktrail.model.instant import Instant, seconds_between

_MOST_BUCKETS = 10_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at: Instant


class RateLimit:
    """A bucket of `burst` requests for each credential, refilled with `rate` of them per second.

    A client that follows a task of 50 steps makes about 100 requests every 3 seconds and retries
    nothing, so the limit leaves room for several of those under one key.
    """

    def __init__(self, *, rate: float = 300.0, burst: int = 3000) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: dict[str, _Bucket] = {}

    def take(self, credential: str, now: Instant) -> None:
        """Count one request.

        Raises:
            TooManyRequestsError: it is one too many.
        """
        bucket = self._buckets.get(credential)
        if bucket is None:
            self._make_room(now)
            bucket = self._buckets[credential] = _Bucket(float(self._burst), now)
        bucket.left, bucket.at = self._filled(bucket, now), now
        if bucket.left < 1:
            wait = math.ceil((1 - bucket.left) / self._rate)
            raise TooManyRequestsError(
                f"too many requests; try again in {wait} s", retry_after=max(1, wait)
            )
        bucket.left -= 1

    def _filled(self, bucket: _Bucket, now: Instant) -> float:
        passed = max(0.0, seconds_between(bucket.at, now))
        return min(self._burst, bucket.left + passed * self._rate)

    def _make_room(self, now: Instant) -> None:
        """Forget the buckets that are full, which are as good as new ones."""
        if len(self._buckets) >= _MOST_BUCKETS:
            self._buckets = {
                name: bucket
                for name, bucket in self._buckets.items()
                if self._filled(bucket, now) < self._burst
            }
