"""What happens to a task by itself, and when."""

from __future__ import annotations

from tasktrail.model.due import due_of
from tasktrail.model.happening import (
    Happening,
    JobLimitReached,
    RetryDue,
    StartDue,
    TaskLimitReached,
)
from tasktrail.model.instant import after
from unit.model.plans import job, plan, step
from unit.model.play import BROKEN, Play

HOUR = 3600.0


def due(play: Play, seconds: float = 0.0) -> dict[Happening, float]:
    """What is due, `seconds` after the last thing that happened."""
    now = after(play.now, seconds)
    return {one.happening: one.seconds for one in due_of(play.state, now)}


def test_a_task_that_waits_for_its_time_is_due_then() -> None:
    play = Play(plan(job("a")), due=False)
    assert due(play) == {StartDue(): HOUR}
    assert due(play, 2 * HOUR) == {StartDue(): 0.0}


def test_what_has_not_started_reaches_no_limit() -> None:
    assert due(Play(plan(job("a", timeout=5.0)))) == {}


def test_limits_count_from_the_first_start() -> None:
    play = Play(plan(job("a", step("one"), step("two"), timeout=60.0), timeout=100.0))
    play.claim("a")
    play.end("a")
    assert due(play) == {TaskLimitReached(): 99.0, JobLimitReached(play.job("a").id): 59.0}


def test_a_limit_that_was_reached_is_not_reached_again() -> None:
    play = Play(plan(job("a", timeout=60.0)))
    play.claim("a")
    play.reach_limit("a")
    play.reach_limit()
    assert due(play) == {}


def test_a_backed_off_step_is_due_when_its_back_off_is_over() -> None:
    play = Play(plan(job("a", step("one", attempts=2)), timeout=100.0))
    play.play_job("a", BROKEN)
    assert due(play)[RetryDue(play.step("a.one").id)] == 2.0
    play.retry("a.one")
    assert RetryDue(play.step("a.one").id) not in due(play)


def test_a_clock_that_was_set_back_makes_only_a_start_time_wait_longer() -> None:
    play = Play(plan(job("a"), timeout=100.0))
    play.claim("a")
    assert due(play, -HOUR) == {TaskLimitReached(): 100.0}
    waiting = Play(plan(job("a")), due=False)
    assert due(waiting, -HOUR) == {StartDue(): 2 * HOUR}


def test_nothing_is_due_for_a_task_that_has_ended() -> None:
    play = Play(plan(job("a", timeout=5.0)))
    play.play_job("a")
    assert due(play) == {}
