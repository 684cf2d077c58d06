"""For how long a worker may take a job for its own."""

from __future__ import annotations

from tasktrail.worker.lease import HEARTBEAT, LEASE, Lease, boot_time


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_lasts_from_when_a_sign_of_life_was_given_not_from_when_it_was_heard() -> None:
    clock = Clock()
    lease = Lease(clock)
    clock.now += 5
    given_at = lease.now()
    clock.now += 4
    assert lease.expired
    lease.prolong(given_at)
    assert not lease.expired
    clock.now = given_at + LEASE
    assert not lease.expired
    clock.now += 0.001
    assert lease.expired


def test_an_answer_that_comes_late_shortens_nothing() -> None:
    clock = Clock()
    lease = Lease(clock)
    clock.now += 5
    lease.prolong(clock.now)
    lease.prolong(clock.now - 3)
    clock.now += LEASE
    assert not lease.expired


def test_several_signs_of_life_may_get_lost() -> None:
    assert LEASE >= 4 * HEARTBEAT
    assert boot_time() > 0
