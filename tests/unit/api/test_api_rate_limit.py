from __future__ import annotations

import pytest

from tasktrail.api.rate_limit import RateLimit
from tasktrail.errors import TooManyRequestsError
from tasktrail.model.instant import Instant, after

START = Instant(1_700_000_000_000_000)


def taken(limit: RateLimit, credential: str, now: Instant, wanted: int) -> int:
    """How many of `wanted` requests at once are let through."""
    for count in range(wanted):
        try:
            limit.take(credential, now)
        except TooManyRequestsError:
            return count
    return wanted


def test_a_burst_is_let_through_and_then_as_many_as_the_rate() -> None:
    limit = RateLimit(rate=10, burst=100)
    assert taken(limit, "key:1", START, 200) == 100
    assert taken(limit, "key:1", after(START, 1), 200) == 10
    assert taken(limit, "key:1", after(START, 3600), 200) == 100


def test_it_says_when_to_come_back_and_keeps_its_word() -> None:
    limit = RateLimit(rate=0.25, burst=1)
    limit.take("key:1", START)
    with pytest.raises(TooManyRequestsError) as refused:
        limit.take("key:1", START)
    assert refused.value.retry_after == 4
    limit.take("key:1", after(START, refused.value.retry_after))


def test_every_credential_has_a_limit_of_its_own() -> None:
    limit = RateLimit(rate=1, burst=5)
    assert taken(limit, "key:1", START, 9) == 5
    assert taken(limit, "key:2", START, 9) == 5


def test_a_clock_that_is_set_back_gives_nothing_away_and_takes_nothing() -> None:
    limit = RateLimit(rate=1, burst=5)
    assert taken(limit, "key:1", START, 3) == 3
    assert taken(limit, "key:1", after(START, -3600), 9) == 2


def test_several_clients_with_one_key_follow_tasks_of_fifty_steps() -> None:
    limit = RateLimit()
    for turn in range(200):
        now = after(START, 3 * turn)
        assert taken(limit, "key:1", now, 8 * 100) == 8 * 100


def test_credentials_that_are_seen_once_are_forgotten() -> None:
    limit = RateLimit(rate=1, burst=1)
    for number in range(25_000):
        limit.take(f"key:{number}", after(START, number))
    assert len(limit._buckets) <= 10_000  # pyright: ignore[reportPrivateUsage]
