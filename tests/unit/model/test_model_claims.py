"""Every write of a worker carries its attempt and claim, and a stale one is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tasktrail.errors import StaleClaimError
from tasktrail.model.happening import JobClaimed, StepEnded
from tasktrail.model.outcome import Errored
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
