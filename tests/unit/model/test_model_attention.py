"""Which decisions an engine elsewhere is told of, beside those that it sees in any case."""

from __future__ import annotations

from tasktrail.model.attention import FORESEEN, calls_for_attention
from tasktrail.model.happening import (
    CancelAsked,
    ClaimGivenUp,
    Happening,
    JobClaimed,
    LocksGranted,
    RetryDue,
)
from unit.model.plans import ALWAYS, job, plan, step
from unit.model.play import ANN, BAD, BROKEN, GOOD, Play

SHORT = FORESEEN / 2


def called(play: Play, happening: Happening) -> bool:
    changes = play.tell(happening)
    assert changes, "nothing was decided"
    return calls_for_attention(play.state, happening, changes)


def test_a_cancel_calls_for_attention() -> None:
    assert called(Play(plan(job("a"))), CancelAsked(ANN))


def test_locks_that_are_granted_call_for_attention() -> None:
    play = Play(plan(job("a"), locks=("one",)))
    assert called(play, LocksGranted(None))


def test_what_the_engine_lets_happen_does_not() -> None:
    play = Play(plan(job("a", step("one", attempts=2))))
    play.play_job("a", BROKEN)
    assert not called(play, RetryDue(play.step("a.one").id))
    assert not called(play, ClaimGivenUp(play.job("a").id, "late"))


def test_a_start_calls_for_attention_only_where_a_limit_is_shorter_than_what_is_foreseen() -> None:
    for timeout, limit, wanted in (
        (3600.0, None, False),
        (SHORT, None, True),
        (3600.0, SHORT, True),
        (FORESEEN, FORESEEN, False),
    ):
        play = Play(plan(job("a", timeout=limit), timeout=timeout))
        assert called(play, JobClaimed(play.job("a").id, "mine")) is wanted


def test_the_second_start_of_a_task_or_job_starts_no_limit() -> None:
    play = Play(plan(job("a", timeout=SHORT), job("b"), timeout=SHORT))
    play.claim("a")
    assert not called(play, JobClaimed(play.job("b").id, "mine"))
    play = Play(plan(job("a", step("one", attempts=2), timeout=SHORT)))
    play.play_job("a", BROKEN)
    play.retry("a.one")
    assert not called(play, JobClaimed(play.job("a").id, "mine"))


def test_the_last_report_of_a_worker_is_seen_as_its_job_ends() -> None:
    play = Play(plan(job("a", step("one"), step("two")), job("b", after=("a",))))
    play.claim("a")
    assert not called(play, play.report("a", GOOD))
    assert not called(play, play.report("a", GOOD))
    assert play.statuses == {"a": "done", "b": "queued"}


def test_a_job_that_backs_off_calls_for_attention_as_it_stays_with_its_worker() -> None:
    play = Play(plan(job("a", step("one", attempts=2))))
    play.claim("a")
    assert called(play, play.report("a", BROKEN))


def test_other_jobs_are_stopped_by_the_report_that_ends_a_job_and_not_before() -> None:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS)), job("b"), fail_fast=True))
    play.claim("a", "b")
    play.end("a", BAD)
    assert play.last.stops == []
    assert not called(play, play.report("a", GOOD))
    assert [order.job_id for order in play.last.stops] == [play.job("b").id]
    assert play.job("a").claim is None, "its worker has nothing more to report"
