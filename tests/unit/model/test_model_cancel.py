"""Cancel: accepted at any status that is not final, idempotent, with clean-up."""

from __future__ import annotations

import pytest

from tasktrail.model.happening import CancelAsked
from tasktrail.model.outcome import Outcome
from tasktrail.model.status import Status
from tasktrail.model.task import ErrorClass
from unit.model.plans import ALWAYS, BOTH, ON_FAILURE, job, plan, step
from unit.model.play import ANN, BAD, BROKEN, GOOD, STOPPED, Play


def test_before_anything_runs_a_task_is_canceled_at_once() -> None:
    play = Play(plan(job("a"), job("b", after=("a",)), job("tidy", when=ALWAYS)))
    changes = play.cancel()
    assert play.path() == ["pending", "queued", "canceled"]
    assert set(play.statuses.values()) == {"skipped"}
    assert changes.stops == []


def test_a_pending_task_is_canceled_at_once() -> None:
    play = Play(plan(job("a"), locks=("cluster:7",)))
    play.cancel()
    assert play.path() == ["pending", "canceled"]


def test_what_runs_is_stopped_and_the_task_is_canceling_until_it_has() -> None:
    play = Play(plan(job("a", step("one"), step("two"))))
    play.claim("a")
    (stop,) = play.cancel().stops
    assert stop.step_id == play.step("a.one").id
    assert not stop.forced
    assert play.status is play.job("a").status is play.step("a.one").status is Status.CANCELING
    play.end("a", STOPPED)
    assert play.path()[-2:] == ["canceling", "canceled"]
    assert play.step_statuses("a") == ["canceled", "skipped"]


@pytest.mark.parametrize("locks", [(), ("cluster:7",)], ids=["a slot", "a lock"])
def test_a_task_whose_next_job_waits_is_canceled_at_once(locks: tuple[str, ...]) -> None:
    play = Play(plan(job("a"), job("b", after=("a",), locks=locks)))
    play.play_job("a")
    play.cancel()
    assert play.path()[-3:] == ["in_progress", "canceling", "canceled"]
    assert play.statuses == {"a": "done", "b": "skipped"}


def test_the_history_says_by_whom() -> None:
    for started in (True, False):
        play = Play(plan(job("a"), job("b", after=("a",))))
        if started:
            play.play_job("a")
        play.cancel()
        ends = [event for event in play.history if event.to_status is Status.CANCELED]
        assert [event.by for event in ends if event.job_id is None] == [ANN]


def test_the_record_says_who_asked_and_when_and_only_the_first_counts() -> None:
    play = Play(plan(job("a")))
    play.claim("a")
    play.cancel()
    asked = play.task.cancel
    assert asked is not None
    assert asked.by == ANN
    assert not play.cancel()
    assert play.task.cancel == asked


def test_a_final_task_stays_as_it_is() -> None:
    play = Play(plan(job("a")))
    play.play_job("a")
    assert not play.cancel(forced=True)
    assert play.status is Status.DONE


def test_clean_up_steps_run_after_a_cancel_and_their_retries_too() -> None:
    tidy = step("tidy", ALWAYS, attempts=2, on=BOTH)
    play = Play(plan(job("a", step("one"), step("two"), tidy)))
    play.claim("a")
    play.cancel()
    play.end("a", STOPPED, BAD)
    assert play.step("a.tidy").status is play.job("a").status is Status.BACKED_OFF
    assert play.status is Status.CANCELING
    play.retry("a.tidy")
    play.play_job("a")
    assert play.step_statuses("a") == ["canceled", "skipped", "done"]
    assert play.status is Status.CANCELED


def test_a_clean_up_step_that_is_safe_to_repeat_outlives_its_worker_after_a_cancel() -> None:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS, retry_safe=True))))
    play.claim("a")
    play.cancel()
    play.end("a", STOPPED)
    play.lose("a")
    play.play_job("a")
    assert play.step_statuses("a") == ["canceled", "done"]


def test_a_clean_up_job_runs_in_full_after_a_cancel() -> None:
    tidy = job("tidy", step("stop it"), step("remove it"), after=("a",), when=ALWAYS, framed=True)
    play = Play(plan(job("a"), tidy))
    play.claim("a")
    play.cancel()
    play.end("a", STOPPED)
    assert play.statuses["tidy"] == "queued"
    play.play_job("tidy", GOOD, GOOD, GOOD, GOOD)
    assert play.statuses == {"a": "canceled", "tidy": "done"}
    assert play.status is Status.CANCELED


def test_a_clean_up_job_that_runs_goes_on_to_its_end() -> None:
    tidy = job("tidy", step("one"), step("two"), when=ALWAYS, framed=True)
    play = Play(plan(job("a"), tidy))
    play.claim("a", "tidy")
    play.end("tidy")
    (stop,) = play.cancel().stops
    assert stop.step_id == play.step("a.a").id
    play.end("tidy", GOOD, GOOD, GOOD)
    play.end("a", STOPPED)
    assert play.statuses == {"a": "canceled", "tidy": "done"}
    assert play.status is Status.CANCELED


def test_clean_up_that_runs_is_not_stopped() -> None:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS), step("tell", ALWAYS))))
    play.claim("a")
    play.end("a", BAD)
    assert play.cancel().stops == []
    assert play.status is play.job("a").status is Status.CANCELING
    assert play.step("a.tidy").status is Status.IN_PROGRESS
    play.end("a", GOOD, GOOD)
    assert play.step_statuses("a") == ["failed", "done", "done"]


@pytest.mark.parametrize(("outcome", "end"), [(GOOD, "done"), (BAD, "failed")])
def test_a_cancel_during_the_last_clean_up_leaves_the_end_to_the_work(
    outcome: Outcome, end: str
) -> None:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS), framed=True)))
    play.claim("a")
    play.end("a", GOOD, outcome)
    play.cancel()
    play.end("a", GOOD, GOOD)
    assert play.path()[-2:] == ["canceling", end]
    assert play.task.stopped is None


@pytest.mark.parametrize("beside", ["a step", "a job"])
def test_a_cancel_during_clean_up_that_kept_something_from_running_gives_canceled(
    beside: str,
) -> None:
    tidy = step("tidy", ALWAYS)
    if beside == "a step":
        play = Play(plan(job("a", tidy, step("next"))))
    else:
        play = Play(plan(job("a", step("one"), tidy), job("next", after=("a",))))
    play.claim("a")
    if beside == "a job":
        play.end("a")
    play.cancel()
    play.end("a")
    assert play.step("a.tidy").status is Status.DONE
    assert play.status is Status.CANCELED


@pytest.mark.parametrize("why", ["a retry", "a worker"])
def test_clean_up_that_waits_for_its_turn_is_not_dropped(why: str) -> None:
    tidy = step("tidy", ALWAYS, attempts=2, on=BOTH, retry_safe=True)
    play = Play(plan(job("a", step("one"), tidy)))
    play.play_job("a", GOOD)
    play.end("a", BAD) if why == "a retry" else play.lose("a")
    play.cancel()
    if why == "a retry":
        play.retry("a.tidy")
    play.play_job("a")
    assert play.step_statuses("a") == ["done", "done"]
    assert play.path()[-2:] == ["canceling", "done"]


def test_clean_up_that_a_cancel_left_alone_may_be_tried_again() -> None:
    tidy = step("tidy", ALWAYS, attempts=2, on=BOTH, retry_safe=True)
    play = Play(plan(job("a", step("one"), tidy)))
    play.play_job("a", GOOD)
    play.cancel()
    play.end("a", BAD)
    play.retry("a.tidy")
    play.claim("a")
    play.lose("a")
    play.play_job("a")
    assert play.step("a.tidy").attempts == 3
    assert play.status is Status.DONE


def test_a_force_cancel_stops_clean_up_that_a_cancel_left_alone() -> None:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS))))
    play.play_job("a", GOOD)
    play.cancel()
    (stop,) = play.cancel(forced=True).stops
    assert stop.forced
    assert play.step("a.tidy").status is Status.CANCELING
    play.end("a", STOPPED)
    assert play.step_statuses("a") == ["done", "canceled"]
    assert play.status is Status.CANCELED


def test_a_roll_back_that_runs_is_stopped() -> None:
    play = Play(plan(job("a", step("one"), step("undo", ON_FAILURE))))
    play.play_job("a", BAD)
    assert [stop.step_id for stop in play.cancel().stops] == [play.step("a.undo").id]


def test_a_force_cancel_skips_grace_and_clean_up() -> None:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS)), job("b", when=ALWAYS)))
    play.claim("a")
    (stop,) = play.cancel(forced=True).stops
    assert stop.forced
    play.end("a", STOPPED)
    assert play.step_statuses("a") == ["canceled", "skipped"]
    assert play.statuses == {"a": "canceled", "b": "skipped"}
    assert play.status is Status.CANCELED


def test_a_stop_that_nobody_asked_for_is_a_system_error() -> None:
    play = Play(plan(job("a", step("one"), step("two"), step("tidy", ALWAYS))))
    play.claim("a")
    play.end("a", STOPPED, GOOD)
    assert play.step_statuses("a") == ["failed", "skipped", "done"]
    assert play.status is Status.FAILED
    error = play.task.error
    assert error is not None
    assert error.kind is ErrorClass.SYSTEM
    assert error.message == "stopped, though nobody asked for it: stopped"
    assert error.reference == f"T{play.task.id}-S{play.step('a.one').id}-A1"


def test_a_step_that_was_stopped_though_nobody_asked_for_it_is_tried_again() -> None:
    play = Play(plan(job("a", step("one", attempts=2))))
    play.play_job("a", STOPPED)
    assert play.status is Status.BACKED_OFF
    assert play.attempt("a.one").outcome == STOPPED


def test_clean_up_that_stops_by_itself_after_a_cancel_is_a_system_error() -> None:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS))))
    play.play_job("a", GOOD)
    play.cancel()
    play.end("a", STOPPED)
    assert play.step_statuses("a") == ["done", "failed"]
    assert play.status is Status.FAILED


def test_a_cancel_may_be_sharpened_to_forced() -> None:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS))))
    play.claim("a")
    play.cancel()
    (stop,) = play.cancel(forced=True).stops
    assert stop.forced
    assert play.task.cancel is not None
    assert play.task.cancel.forced
    assert not play.tell(CancelAsked(ANN, forced=True))
    play.end("a", STOPPED)
    assert play.step_statuses("a") == ["canceled", "skipped"]


@pytest.mark.parametrize(("outcome", "end"), [(GOOD, "done"), (BAD, "failed"), (BROKEN, "failed")])
def test_a_task_that_ends_before_the_stop_arrives_ends_as_it_did(
    outcome: Outcome, end: str
) -> None:
    play = Play(plan(job("a")))
    play.claim("a")
    play.cancel()
    play.end("a", outcome)
    assert play.path()[-2:] == ["canceling", end]


def test_a_cancel_that_comes_too_late_to_keep_anything_from_running_stops_nothing() -> None:
    play = Play(plan(job("a"), job("roll back", after=("a",), when=ON_FAILURE)))
    play.claim("a")
    play.cancel()
    play.end("a")
    assert play.statuses == {"a": "done", "roll back": "skipped"}
    assert play.status is Status.DONE


def test_a_cancel_that_kept_a_job_from_running_gives_canceled() -> None:
    play = Play(plan(job("a"), job("b", after=("a",))))
    play.claim("a")
    play.cancel()
    play.end("a")
    assert play.statuses == {"a": "done", "b": "skipped"}
    assert play.status is Status.CANCELED


def test_a_roll_back_that_was_due_and_is_kept_from_running_was_stopped() -> None:
    rollback = job("roll back", after=("a",), when=ON_FAILURE, locks=("cluster:7",))
    play = Play(plan(job("a"), rollback, job("beside")))
    play.play_job("a", BAD)
    play.claim("beside")
    play.cancel()
    play.end("beside")
    assert play.status is Status.CANCELED


def test_a_retry_that_was_due_is_dropped() -> None:
    play = Play(plan(job("a", step("one", attempts=3), step("tidy", ALWAYS))))
    play.play_job("a", BROKEN)
    assert play.status is Status.BACKED_OFF
    play.cancel()
    assert play.status is Status.CANCELING
    assert play.step_statuses("a") == ["canceled", "pending"]
    assert not play.retry("a.one")
    play.play_job("a")
    assert play.step_statuses("a") == ["canceled", "done"]
    assert play.status is Status.CANCELED


def test_a_step_that_fails_by_itself_after_a_cancel_is_not_tried_again() -> None:
    play = Play(plan(job("a", step("one", attempts=3, on=BOTH))))
    play.claim("a")
    play.cancel()
    play.end("a", BAD)
    assert play.step("a.one").attempts == 1
    assert play.status is Status.FAILED
