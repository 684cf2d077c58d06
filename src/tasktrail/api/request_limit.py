"""How many requests one credential may make (rest-contract.md, "What existing clients rely on")."""

from __future__ import annotations

from collections.abc import Callable

from tasktrail.actions.throttle import Throttle
from tasktrail.model.instant import Instant

BURST, BETWEEN = 3000, 1 / 300
"""Requests at once, and seconds until one more is free."""

WORKER_REQUESTS = 3000
"""Requests per second with the key of a pool: a short job takes five. Ten times that at once."""


def request_limit(clock: Callable[[], Instant]) -> Throttle:
    """The limit of a server.

    A client that follows a task of 50 steps makes about 100 requests every 3 seconds and retries
    nothing, so it leaves room for several of those under one key.
    """
    return Throttle(clock, burst=BURST, seconds=BETWEEN)


def work_limit(clock: Callable[[], Instant]) -> Throttle:
    """The limit of a server for the key of each pool of workers."""
    return Throttle(clock, burst=10 * WORKER_REQUESTS, seconds=1 / WORKER_REQUESTS)
