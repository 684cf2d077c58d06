"""What an engine elsewhere is told to do for a task."""

from __future__ import annotations

from msgspec.structs import replace

from tasktrail.model.attention import FORESEEN
from tasktrail.model.orders import GivenJob, Orders, ReadyJob, orders_of
from tasktrail.model.plan import JobPlan
from unit.model.plans import job, plan, step
from unit.model.play import BROKEN, Play


def orders(play: Play, *given: GivenJob, room: int = 10) -> Orders:
    return orders_of(play.state, given, room, play.now)


def given(play: Play, name: str, claim: str | None = None) -> GivenJob:
    """A job that its worker has claimed, if by nothing else."""
    return GivenJob(play.job(name).id, claim or play.job(name).claim or "not yet")


def in_pool(one: JobPlan, pool: str) -> JobPlan:
    return replace(one, pool=pool)


def test_ready_jobs_are_begun_in_the_pools_that_they_name() -> None:
    play = Play(plan(in_pool(job("a"), "eu-1"), job("b"), job("c", after=("a",))))
    assert orders(play).begin == [
        ReadyJob(play.job("a").id, "eu-1"),
        ReadyJob(play.job("b").id, "default"),
    ]


def test_a_given_job_is_not_begun_again() -> None:
    play = Play(plan(job("a"), job("b")))
    assert [one.job_id for one in orders(play, given(play, "a")).begin] == [play.job("b").id]


def test_not_more_jobs_are_begun_than_there_is_room_for() -> None:
    play = Play(plan(job("a"), job("b"), job("c")))
    assert [one.job_id for one in orders(play, room=2).begin] == [100, 101]
    assert orders(play, room=-1).begin == []


def test_a_cancel_stops_the_jobs_that_run() -> None:
    play = Play(plan(job("a"), job("b")))
    play.claim("a")
    play.cancel()
    assert orders(play, given(play, "a")).stop == [play.job("a").id]


def test_a_job_that_was_canceled_before_its_worker_came_is_given_to_nobody_any_more() -> None:
    play = Play(plan(job("a"), job("b")))
    play.claim("a")
    play.cancel()
    assert orders(play, given(play, "a"), given(play, "b")).stop == [100, 101]


def test_a_worker_whose_job_is_another_ones_now_is_stopped() -> None:
    play = Play(plan(job("a", step("one", retry_safe=True))))
    play.claim("a")
    old = given(play, "a")
    play.lose("a")
    assert orders(play, old).stop == [], "it may still be taken"
    play.claim("a")
    assert orders(play, old).stop == [play.job("a").id]
    assert orders(play, given(play, "a")).stop == []


def test_a_task_that_has_ended_has_no_orders_but_to_let_go_of_what_was_given() -> None:
    play = Play(plan(job("a")))
    play.cancel()
    assert orders(play, given(play, "a")) == Orders([], [play.job("a").id], None, ended=True)


def test_the_time_to_look_again_is_that_of_what_is_due_first() -> None:
    play = Play(plan(job("a", step("one", attempts=2)), timeout=100.0))
    play.play_job("a", BROKEN)
    assert orders(play).due == 2.0
    play.retry("a.one")
    assert orders(play).due == 98.0


def test_long_limits_are_reckoned_with_before_anything_starts() -> None:
    assert orders(Play(plan(job("a", timeout=FORESEEN)))).due == FORESEEN
    assert orders(Play(plan(job("a", timeout=5.0)))).due == 3600.0
    assert orders(Play(plan(job("a"), timeout=5.0))).due is None


def test_a_task_that_waits_for_a_lock_is_looked_at_only_when_told() -> None:
    assert orders(Play(plan(job("a"), locks=("one",)))) == Orders([], [], None, ended=False)


def test_jobs_are_strange_that_run_and_were_not_given() -> None:
    play = Play(plan(job("a"), job("b"), job("c"), job("d")))
    play.claim("a", "b")
    assert orders(play, given(play, "a"), given(play, "c")).strange == [given(play, "b")]
    play.lose("b")
    assert orders(play, given(play, "a")).strange == []
