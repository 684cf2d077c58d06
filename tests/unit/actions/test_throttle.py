"""How often somebody may try."""

from __future__ import annotations

import pytest

from tasktrail.actions import throttle
from tasktrail.actions.throttle import Throttle
from tasktrail.errors import TooManyRequestsError
from tasktrail.model.instant import Instant, after


class Clock:
    def __init__(self) -> None:
        self.now = Instant(1_000_000_000)

    def __call__(self) -> Instant:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now = after(self.now, seconds)


def tries(throttle: Throttle, who: str) -> int:
    """How many are allowed now."""
    for count in range(1000):
        left = throttle.has_turns(who)
        try:
            throttle.take(who)
        except TooManyRequestsError:
            assert not left
            return count
        assert left
    raise AssertionError("there is no limit")


def test_so_many_at_once_and_one_more_with_time() -> None:
    clock = Clock()
    limited = Throttle(clock, burst=3, seconds=10)
    assert tries(limited, "ann") == 3
    clock.wait(9.9)
    assert tries(limited, "ann") == 0
    clock.wait(0.1)
    assert tries(limited, "ann") == 1
    clock.wait(10_000)
    assert tries(limited, "ann") == 3


def test_everybody_has_tries_of_his_own() -> None:
    limited = Throttle(Clock(), burst=3, seconds=10)
    assert tries(limited, "ann") == 3
    assert tries(limited, "bob") == 3


def test_it_says_how_long_to_wait() -> None:
    clock = Clock()
    limited = Throttle(clock, burst=1, seconds=10)
    limited.take("ann")
    clock.wait(2.5)
    with pytest.raises(TooManyRequestsError) as refused:
        limited.take("ann")
    assert refused.value.retry_after == 8
    clock.wait(refused.value.retry_after)
    limited.take("ann")


def test_a_clock_that_goes_back_gives_and_takes_nothing() -> None:
    clock = Clock()
    limited = Throttle(clock, burst=2, seconds=10)
    limited.take("ann")
    clock.wait(-3600)
    assert tries(limited, "ann") == 1


def test_those_who_tried_long_ago_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "_MOST_KNOWN", 2)
    limited = Throttle(Clock(), burst=1, seconds=10)
    for who in ("ann", "bob", "max", "eve"):
        limited.take(who)
    assert list(limited._buckets) == ["max", "eve"]
