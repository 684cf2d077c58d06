"""Who looks at tasks leaves most of the time to those who carry them out."""

from __future__ import annotations

import pytest

from tasktrail.actions.live.rest import rest_after


def test_after_a_look_at_an_ordinary_task_the_next_change_is_told_at_once() -> None:
    assert rest_after(0.004) == 0.0


@pytest.mark.parametrize("looked", [0.011, 0.05, 0.2])
def test_to_look_takes_a_fifth_of_the_time_at_most(looked: float) -> None:
    assert looked / (looked + rest_after(looked)) <= 0.2 + 1e-9


def test_after_a_look_that_had_to_wait_for_the_store_it_goes_on_within_a_second() -> None:
    assert rest_after(30.0) == 1.0
