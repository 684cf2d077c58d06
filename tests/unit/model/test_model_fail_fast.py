"""fail_fast: a job that does not end well takes the jobs beside it along, but no clean-up."""

from __future__ import annotations

from tasktrail.model.outcome import TimedOut, TimeLimit
from tasktrail.model.status import Status
from unit.model.plans import ALWAYS, BOTH, ON_FAILURE, job, plan, step
from unit.model.play import BAD, BROKEN, STOPPED, Play


def test_jobs_beside_a_failed_one_run_to_their_end_without_it() -> None:
    play = Play(plan(job("a"), job("b"), job("c", after=("b",))))
    play.claim("a", "b")
    assert play.end("a", BAD).stops == []
    play.end("b")
    play.play_job("c")
    assert play.statuses == {"a": "failed", "b": "done", "c": "done"}
    assert play.status is Status.FAILED


def test_a_failed_job_stops_what_runs_and_skips_what_waits() -> None:
    play = Play(plan(job("a"), job("b"), job("c"), fail_fast=True))
    play.claim("a", "b")
    (stop,) = play.end("a", BAD).stops
    assert stop.step_id == play.step("b.b").id
    play.end("b", STOPPED)
    assert play.statuses == {"a": "failed", "b": "canceled", "c": "skipped"}
    assert play.status is Status.FAILED
    assert play.task.stopped is None


def test_a_timed_out_job_counts_as_well() -> None:
    play = Play(plan(job("a"), job("b"), fail_fast=True))
    play.claim("a", "b")
    assert play.end("a", TimedOut(limit=TimeLimit.STEP, message="too long")).stops


def test_a_stopped_job_does_not_go_on_when_its_step_ends_before_the_stop_arrives() -> None:
    play = Play(plan(job("a"), job("b", step("one"), step("two")), fail_fast=True))
    play.claim("a", "b")
    play.end("a", BAD)
    play.end("b")
    assert play.step_statuses("b") == ["done", "skipped"]
    assert play.statuses["b"] == "canceled"
    assert play.status is Status.FAILED
    assert play.task.stopped is None


def test_a_retry_that_was_due_is_dropped() -> None:
    waiting = job("b", step("one", attempts=2), step("tidy", ALWAYS))
    play = Play(plan(job("a"), waiting, fail_fast=True))
    play.claim("a", "b")
    play.end("b", BROKEN)
    play.end("a", BAD)
    assert play.step_statuses("b") == ["canceled", "pending"]
    play.play_job("b")
    assert play.statuses == {"a": "failed", "b": "canceled"}


def test_a_step_that_waits_for_another_worker_is_dropped() -> None:
    waiting = job("b", step("one", retry_safe=True))
    play = Play(plan(job("a"), waiting, fail_fast=True))
    play.claim("a", "b")
    play.lose("b")
    play.end("a", BAD)
    play.claim("b")
    assert play.statuses == {"a": "failed", "b": "canceled"}


def test_the_clean_up_of_a_stopped_job_runs_and_may_be_tried_again() -> None:
    tidy = step("tidy", ALWAYS, attempts=2, on=BOTH)
    play = Play(plan(job("a"), job("b", step("one"), tidy), fail_fast=True))
    play.claim("a", "b")
    play.end("a", BAD)
    play.end("b", STOPPED, BAD)
    assert play.status is Status.BACKED_OFF
    play.retry("b.tidy")
    play.play_job("b")
    assert play.step_statuses("b") == ["canceled", "done"]


def test_roll_back_and_clean_up_jobs_run_and_a_second_failure_does_not_stop_them() -> None:
    play = Play(
        plan(
            job("a"),
            job("b"),
            job("roll back", step("one"), step("two"), after=("a",), when=ON_FAILURE),
            job("tidy", step("one"), step("two"), after=("a",), when=ALWAYS),
            fail_fast=True,
        )
    )
    play.claim("a", "b")
    play.end("a", BAD)
    play.claim("roll back", "tidy")
    assert play.end("b", BAD).stops == []
    assert play.end("tidy", BAD).stops == []
    play.end("roll back")
    play.end("roll back")
    assert play.statuses == {"a": "failed", "b": "failed", "roll back": "done", "tidy": "failed"}


def test_clean_up_that_runs_is_left_alone() -> None:
    play = Play(plan(job("a"), job("b", step("one"), step("tidy", ALWAYS)), fail_fast=True))
    play.claim("a", "b")
    play.end("b")
    assert play.end("a", BAD).stops == []
    play.end("b")
    assert play.statuses == {"a": "failed", "b": "done"}


def test_a_stopped_step_is_no_failure_to_roll_back_from() -> None:
    play = Play(plan(job("a"), job("b", step("one"), step("undo", ON_FAILURE)), fail_fast=True))
    play.claim("a", "b")
    play.end("a", BAD)
    play.end("b", STOPPED)
    assert play.step_statuses("b") == ["canceled", "skipped"]


def test_a_second_failure_does_not_stop_again_what_is_being_stopped() -> None:
    play = Play(plan(job("a"), job("b"), job("c"), fail_fast=True))
    play.claim("a", "b", "c")
    assert len(play.end("a", BAD).stops) == 2
    assert play.end("b", BAD).stops == []
