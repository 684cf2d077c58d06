"""Hard timeouts of task, job and step (M9)."""

from __future__ import annotations

from tasktrail.model.outcome import Canceled, TimedOut, TimeLimit
from tasktrail.model.status import Status
from unit.model.plans import ALWAYS, BOTH, ON_FAILURE, job, plan, step
from unit.model.play import BAD, BROKEN, GOOD, STOPPED, Play

OF_STEP, OF_JOB, OF_TASK = (TimedOut(limit=limit, message="too long") for limit in TimeLimit)


def test_a_step_that_times_out_makes_its_job_and_task_timed_out() -> None:
    play = Play(plan(job("a", step("one"), step("two"), step("tidy", ALWAYS))))
    play.play_job("a", OF_STEP, GOOD)
    assert play.step_statuses("a") == ["timed_out", "skipped", "done"]
    assert play.status is play.job("a").status is Status.TIMED_OUT
    assert play.job("a").stopped is None


def test_a_time_out_is_neither_forgiven_nor_tried_again() -> None:
    patient = step("one", attempts=3, on=BOTH, allow_failure=True)
    play = Play(plan(job("a", patient)), forced=True)
    play.play_job("a", OF_STEP)
    assert play.status is Status.TIMED_OUT
    assert play.step("a.one").attempts == 1


def test_roll_back_runs_after_a_step_has_timed_out() -> None:
    play = Play(plan(job("a", step("one"), step("undo", ON_FAILURE))))
    play.play_job("a", OF_STEP, GOOD)
    assert play.step_statuses("a") == ["timed_out", "done"]


def test_the_task_is_timed_out_only_when_its_work_is_really_stopped() -> None:
    play = Play(plan(job("a"), job("b", after=("a",)), job("tidy", when=ALWAYS, after=("b",))))
    play.claim("a")
    (stop,) = play.reach_limit().stops
    assert isinstance(stop.outcome, TimedOut)
    assert play.status is Status.IN_PROGRESS
    play.end("a", OF_TASK)
    assert play.statuses == {"a": "timed_out", "b": "skipped", "tidy": "skipped"}
    assert play.path()[-2:] == ["in_progress", "timed_out"]


def test_a_task_that_had_not_finished_at_its_limit_is_timed_out_whatever_it_comes_to() -> None:
    play = Play(plan(job("a")))
    play.claim("a")
    play.reach_limit()
    play.end("a", GOOD)
    assert play.statuses == {"a": "done"}
    assert play.status is Status.TIMED_OUT


def test_a_backed_off_task_is_timed_out_without_waiting_for_its_retry() -> None:
    play = Play(plan(job("a", step("one", attempts=3), framed=True)))
    play.play_job("a", GOOD, BROKEN)
    assert play.status is Status.BACKED_OFF
    play.reach_limit()
    assert play.status is Status.QUEUED
    play.play_job("a")
    assert play.step_statuses("a") == ["done", "timed_out", "done"]
    assert play.status is Status.TIMED_OUT


def test_after_the_limit_a_failed_step_is_not_tried_again() -> None:
    play = Play(plan(job("a", step("one", attempts=3, on=BOTH))))
    play.claim("a")
    play.reach_limit()
    play.end("a", BAD)
    assert play.statuses == {"a": "failed"}
    assert play.status is Status.TIMED_OUT


def test_a_job_limit_ends_the_job_alone() -> None:
    play = Play(
        plan(
            job("a", step("one"), step("two"), step("tidy", ALWAYS), timeout=60),
            job("b"),
            job("undo", after=("a",), when=ON_FAILURE),
        )
    )
    play.claim("a", "b")
    (stop,) = play.reach_limit("a").stops
    assert stop.step_id == play.step("a.one").id
    play.end("a", OF_JOB)
    assert play.step_statuses("a") == ["timed_out", "skipped", "skipped"]
    play.end("b")
    play.play_job("undo")
    assert play.statuses == {"a": "timed_out", "b": "done", "undo": "done"}
    assert play.status is Status.TIMED_OUT
    assert play.task.stopped is None


def test_a_job_whose_step_ends_before_the_stop_arrives_is_timed_out_by_what_it_left_out() -> None:
    play = Play(plan(job("a", step("one"), step("two"), timeout=60)))
    play.claim("a")
    play.reach_limit("a")
    play.end("a", GOOD)
    assert play.step_statuses("a") == ["done", "skipped"]
    assert play.status is play.job("a").status is Status.TIMED_OUT


def test_the_limit_of_a_job_that_has_not_started_means_nothing() -> None:
    play = Play(plan(job("a", timeout=60)))
    assert not play.reach_limit("a")
    play.play_job("a")
    assert play.status is Status.DONE


def test_a_limit_that_is_reached_twice_changes_nothing() -> None:
    play = Play(plan(job("a", timeout=60)))
    play.claim("a")
    play.reach_limit("a")
    assert not play.reach_limit("a")
    play.reach_limit()
    assert not play.reach_limit()


def test_the_task_limit_outranks_a_cancel_that_was_asked_for_before() -> None:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS))))
    play.claim("a")
    play.cancel()
    play.end("a", STOPPED)
    (stop,) = play.reach_limit().stops
    assert stop.step_id == play.step("a.tidy").id
    play.end("a", OF_TASK)
    assert play.step_statuses("a") == ["canceled", "timed_out"]
    assert play.path()[-2:] == ["canceling", "timed_out"]


def test_a_cancel_after_the_task_limit_leaves_it_timed_out() -> None:
    play = Play(plan(job("a"), job("b")))
    play.claim("a")
    play.reach_limit()
    play.cancel()
    play.end("a", Canceled(message="stopped"))
    assert play.status is Status.TIMED_OUT


def test_a_job_limit_outranks_a_cancel_that_stopped_something_in_it() -> None:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS), step("two", ALWAYS), timeout=60)))
    play.claim("a")
    play.cancel()
    play.end("a", STOPPED)
    play.reach_limit("a")
    play.end("a", GOOD)
    assert play.step_statuses("a") == ["canceled", "done", "skipped"]
    assert play.statuses["a"] == "timed_out"
