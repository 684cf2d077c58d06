"""Every write of a worker carries its attempt and claim, and a stale one is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tasktrail.errors import StaleClaimError
from tasktrail.model.advance import MOST_GIVEN_UP
from tasktrail.model.happening import ClaimGivenUp, JobClaimed, StepEnded
from tasktrail.model.outcome import Errored
from tasktrail.model.status import Status
from unit.model.plans import job, plan, step
from unit.model.play import GOOD, Play


def test_a_report_that_comes_twice_is_refused_the_second_time() -> None:
    play = Play(plan(job("a", step("one"), step("two"))))
    play.claim("a")
    report = play.report("a", GOOD)
    play.tell(report)
    _refused(play, report)


def test_a_report_after_the_task_has_ended_is_refused() -> None:
    play = Play(plan(job("a")))
    play.claim("a")
    report = play.report("a", GOOD)
    play.tell(report)
    assert play.status.final
    _refused(play, report)


def test_a_worker_that_was_thought_lost_cannot_write_any_more() -> None:
    play = Play(plan(job("a", step("one", retry_safe=True))))
    play.claim("a")
    report = play.report("a", GOOD)
    play.lose("a")
    _refused(play, report)
    play.claim("a")
    _refused(play, report)


def test_the_claim_of_one_job_does_not_open_another() -> None:
    play = Play(plan(job("a"), job("b")))
    play.claim("a", "b")
    report = play.report("a", GOOD)
    _refused(play, replace(report, step_id=play.step("b.b").id))


def test_a_claimed_job_cannot_be_claimed_again() -> None:
    play = Play(plan(job("a")))
    play.claim("a")
    claim = play.job("a").claim
    assert not play.tell(JobClaimed(play.job("a").id, "another"))
    assert play.job("a").claim == claim


def test_a_claim_that_was_given_up_takes_nothing_however_late_it_comes() -> None:
    play = Play(plan(job("a", step("one", retry_safe=True))))
    main = play.job("a").id
    play.tell(ClaimGivenUp(main, "never came"))
    assert not play.tell(JobClaimed(main, "never came"))
    assert play.job("a").status is Status.QUEUED
    play.tell(JobClaimed(main, "came"))
    play.tell(ClaimGivenUp(main, "came"))
    assert play.job("a").claim == "came", "what was taken is lost by its own happening"
    play.lose("a")
    for late in ("never came", "came"):
        assert not play.tell(JobClaimed(main, late))
    assert play.claim("a").jobs[main].status is Status.IN_PROGRESS


def test_no_more_than_the_last_claims_that_were_given_up_are_kept() -> None:
    play = Play(plan(job("a")))
    main = play.job("a").id
    number = 0
    for number in range(3 * MOST_GIVEN_UP):
        play.tell(ClaimGivenUp(main, f"late-{number}"))
    assert not play.tell(ClaimGivenUp(main, f"late-{number}"))
    assert len(play.job("a").given_up) == MOST_GIVEN_UP
    assert not play.tell(JobClaimed(main, f"late-{number}"))


def test_nothing_is_noted_of_a_job_that_has_ended() -> None:
    play = Play(plan(job("a"), job("b")))
    play.play_job("a")
    assert not play.tell(ClaimGivenUp(play.job("a").id, "late"))


def _refused(play: Play, report: StepEnded) -> None:
    before = play.state.task, dict(play.state.jobs), dict(play.state.steps)
    with pytest.raises(StaleClaimError):
        play.tell(report)
    assert (play.state.task, play.state.jobs, play.state.steps) == before


def test_a_report_about_an_earlier_attempt_of_the_same_worker_is_refused() -> None:
    play = Play(plan(job("a", step("one", retry_safe=True))))
    play.claim("a")
    report = play.report("a", GOOD)
    play.end("a", Errored(message="no heartbeat", reference="r-2", worker_lost=True))
    assert play.job("a").claim == report.claim
    _refused(play, report)
