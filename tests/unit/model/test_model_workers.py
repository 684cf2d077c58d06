"""When the process or the worker dies."""

from __future__ import annotations

from tasktrail.model.happening import OrderlyStop
from tasktrail.model.instant import Instant
from tasktrail.model.outcome import Canceled, Errored, TimedOut, TimeLimit
from tasktrail.model.status import Status
from unit.model.plans import ALWAYS, ON_FAILURE, job, plan, step
from unit.model.play import BAD, GOOD, Play


def test_a_step_that_is_not_safe_to_repeat_fails_with_worker_lost() -> None:
    play = Play(plan(job("a", step("one"), step("two"))))
    play.claim("a")
    play.lose("a")
    error = play.step("a.one").error
    assert error is not None
    assert (error.kind, error.message, error.stopped) == ("system", "worker lost", False)
    assert error.reference == f"T1-S{play.step('a.one').id}-A1", "users are given one form"
    play.claim("a")
    assert play.step_statuses("a") == ["failed", "skipped"]
    assert play.path()[-3:] == ["queued", "in_progress", "failed"]
    assert play.step("a.one").attempts == 1


def test_a_step_with_retries_that_is_not_safe_to_repeat_is_not_started_again() -> None:
    play = Play(plan(job("a", step("one", attempts=5))))
    play.claim("a")
    play.lose("a")
    assert play.step("a.one").status is Status.FAILED


def test_a_lost_worker_is_not_forgiven() -> None:
    play = Play(plan(job("a", step("one", allow_failure=True))), forced=True)
    play.claim("a")
    play.lose("a")
    assert play.step("a.one").status is Status.FAILED


def test_a_step_that_is_safe_to_repeat_is_started_again_by_another_worker() -> None:
    play = Play(plan(job("a", step("one"), step("two", retry_safe=True))))
    play.claim("a")
    play.end("a")
    play.lose("a")
    assert play.status is play.job("a").status is play.step("a.two").status is Status.QUEUED
    assert play.job("a").claim is None
    play.claim("a")
    assert play.running("a").name == "two"
    assert [play.step(f"a.{name}").attempts for name in ("one", "two")] == [1, 2]
    play.end("a")
    assert play.status is Status.DONE


def test_a_spawn_step_is_started_again_because_the_same_key_gives_the_same_task() -> None:
    play = Play(plan(job("a", step("one", spawn=True))))
    play.claim("a")
    play.lose("a")
    assert play.step("a.one").status is Status.QUEUED


def test_a_step_that_kills_its_workers_ends_after_three_attempts() -> None:
    play = Play(plan(job("a", step("one", retry_safe=True))))
    for _ in range(3):
        play.claim("a")
        play.lose("a")
    assert play.step("a.one").status is Status.FAILED
    assert play.step("a.one").attempts == 3


def test_a_step_that_kills_its_workers_has_as_many_attempts_as_its_policy_when_that_is_more() -> (
    None
):
    play = Play(plan(job("a", step("one", retry_safe=True, attempts=4))))
    for _ in range(4):
        play.claim("a")
        play.lose("a")
    assert play.step("a.one").status is Status.FAILED
    assert play.step("a.one").attempts == 4


def test_roll_back_and_clean_up_run_on_another_worker() -> None:
    play = Play(plan(job("a", step("one"), step("undo", ON_FAILURE), step("tidy", ALWAYS))))
    play.claim("a")
    play.lose("a")
    play.play_job("a", GOOD, GOOD)
    assert play.step_statuses("a") == ["failed", "done", "done"]


def test_a_lost_attempt_is_closed_with_what_is_known() -> None:
    play = Play(plan(job("a", step("one", retry_safe=True))))
    play.claim("a")
    play.lose("a")
    attempt = play.attempt("a.one")
    assert attempt.ended_at is not None
    assert attempt.status is Status.FAILED
    assert isinstance(attempt.outcome, Errored)
    assert attempt.outcome.worker_lost


STOP = OrderlyStop(Instant(1_764_340_619_000_000), "SIGTERM")
WHO = "Tasktrail was stopped by its operator (SIGTERM, 2025-11-28 14:36 UTC)"


def test_a_step_that_an_orderly_stop_has_cut_off_says_so_and_what_to_do() -> None:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS))))
    play.claim("a")
    play.lose("a", stop=STOP)
    error = play.step("a.one").error
    assert error is not None
    assert error.message == f"{WHO} while the step ran; run the task again"
    assert (error.kind, error.stopped) == ("system", True)
    assert play.job("a").status is Status.QUEUED
    assert [event.message for event in play.last.events if event.job_id and not event.step_id] == [
        WHO
    ]
    play.play_job("a")
    assert play.step_statuses("a") == ["failed", "done"]
    assert play.task.error == error


def test_an_orderly_stop_does_not_ask_anybody_to_repeat_what_is_safe_to_repeat() -> None:
    play = Play(plan(job("a", step("one", retry_safe=True))))
    play.claim("a")
    play.lose("a", stop=STOP)
    outcome = play.attempt("a.one").outcome
    assert isinstance(outcome, Errored)
    assert outcome.message == f"{WHO} while the step ran"
    assert play.step("a.one").status is Status.QUEUED
    play.play_job("a")
    assert play.status is Status.DONE


def test_a_step_that_had_not_begun_at_an_orderly_stop_is_queued_again() -> None:
    play = Play(plan(job("a")))
    play.claim("a")
    play.lose("a", begun=False, stop=OrderlyStop(STOP.at))
    outcome = play.attempt("a.a").outcome
    assert isinstance(outcome, Errored)
    assert outcome.message == "not begun: Tasktrail was stopped (2025-11-28 14:36 UTC)"
    assert play.step("a.a").status is Status.QUEUED


def test_an_orderly_stop_is_no_excuse_for_what_a_cancel_was_stopping() -> None:
    play = Play(plan(job("a")))
    play.claim("a")
    play.cancel()
    play.lose("a", stop=STOP)
    play.claim("a")
    assert play.status is Status.CANCELED
    assert play.task.error is None


def test_a_step_whose_worker_left_before_it_began_is_queued_whatever_it_is() -> None:
    """However often that happens: nothing of it was done."""
    play = Play(plan(job("a", step("one"), step("two"))))
    play.claim("a")
    play.end("a")
    for _ in range(4):
        play.lose("a", begun=False)
        assert play.status is play.job("a").status is play.step("a.two").status is Status.QUEUED
        outcome = play.attempt("a.two").outcome
        assert isinstance(outcome, Errored)
        assert outcome.message == "not begun: its worker left"
        play.claim("a")
        assert play.running("a").name == "two"
    play.end("a")
    assert play.status is Status.DONE


def test_a_step_that_had_not_begun_is_skipped_when_a_stop_comes_before_the_next_worker() -> None:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS))))
    play.claim("a")
    play.lose("a", begun=False)
    play.cancel()
    play.play_job("a")
    assert play.step_statuses("a") == ["canceled", "done"]
    assert play.status is Status.CANCELED


def test_a_step_that_was_being_stopped_counts_as_stopped_when_its_worker_is_lost() -> None:
    play = Play(plan(job("a", step("one", retry_safe=True), step("tidy", ALWAYS))))
    play.claim("a")
    play.cancel()
    play.lose("a")
    assert isinstance(play.attempt("a.one").outcome, Canceled)
    assert play.status is Status.CANCELING
    play.play_job("a")
    assert play.step_statuses("a") == ["canceled", "done"]
    assert play.status is Status.CANCELED


def test_a_step_that_was_timing_out_counts_as_timed_out_when_its_worker_is_lost() -> None:
    play = Play(plan(job("a", step("one", retry_safe=True), timeout=60), job("b", timeout=60)))
    play.claim("a", "b")
    play.reach_limit("b")
    play.lose("b")
    play.reach_limit()
    play.lose("a")
    limits = [play.attempt(name).outcome for name in ("a.one", "b.b")]
    assert [each.limit for each in limits if isinstance(each, TimedOut)] == [
        TimeLimit.TASK,
        TimeLimit.JOB,
    ]
    play.claim("a", "b")
    assert play.status is Status.TIMED_OUT


def test_a_task_with_another_job_that_runs_stays_in_progress() -> None:
    play = Play(plan(job("a", step("one", retry_safe=True)), job("b")))
    play.claim("a", "b")
    play.lose("a")
    assert play.status is Status.IN_PROGRESS
    play.lose("b")
    assert play.status is Status.QUEUED


def test_a_task_whose_worker_is_lost_can_be_canceled() -> None:
    play = Play(plan(job("a", step("one", retry_safe=True), step("tidy", ALWAYS))))
    play.claim("a")
    play.lose("a")
    play.cancel()
    assert play.path()[-2:] == ["queued", "canceling"]
    play.play_job("a")
    assert play.step_statuses("a") == ["canceled", "done"]
    assert play.status is Status.CANCELED


def test_the_loss_of_a_worker_that_had_nothing_changes_nothing() -> None:
    play = Play(plan(job("a"), job("b", step("one", attempts=2))))
    assert not play.lose("a")
    play.play_job("a", BAD)
    assert not play.lose("a")


def test_a_worker_may_report_itself_that_an_attempt_was_lost() -> None:
    play = Play(plan(job("a", step("one", retry_safe=True), step("two"))))
    play.claim("a")
    lost = Errored(message="no heartbeat", reference="r-2", worker_lost=True)
    play.end("a", lost)
    assert play.running("a").name == "one"
    assert play.step("a.one").attempts == 2
    play.end("a", lost, lost)
    assert play.step_statuses("a") == ["failed", "skipped"]


def test_times_never_go_back_when_the_clock_does() -> None:
    play = Play(plan(job("a", step("one"), step("two"))))
    play.claim("a")
    before = play.task.updated_at
    play.now = Instant(1)
    play.end("a")
    play.end("a")
    assert play.task.ended_at == before
    assert [event.at for event in play.history] == sorted(event.at for event in play.history)


def test_a_lost_attempt_that_was_being_stopped_is_not_started_again() -> None:
    play = Play(plan(job("a", step("one", retry_safe=True))))
    play.claim("a")
    play.cancel()
    play.end("a", Errored(message="no heartbeat", reference="r-2", worker_lost=True))
    assert play.step_statuses("a") == ["failed"]
