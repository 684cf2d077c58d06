"""Retries: what is tried again, when, and what the attempts keep."""

from __future__ import annotations

import pytest

from tasktrail.model.instant import seconds_between
from tasktrail.model.outcome import (
    Errored,
    Failed,
    Succeeded,
    Warned,
)
from tasktrail.model.plan import RetryOn, RetryPolicy
from tasktrail.model.status import Status
from unit.model.plans import BOTH, job, plan, step
from unit.model.play import BAD, BROKEN, GOOD, Play


def test_between_attempts_step_job_and_task_are_backed_off() -> None:
    play = Play(plan(job("a", step("one", attempts=2))))
    play.play_job("a", BROKEN)
    assert play.status is play.job("a").status is play.step("a.one").status is Status.BACKED_OFF
    assert play.job("a").claim is None
    play.retry("a.one")
    assert play.status is play.job("a").status is play.step("a.one").status is Status.QUEUED
    play.play_job("a")
    assert play.path() == [
        *("pending", "queued", "in_progress", "backed_off", "queued", "in_progress", "done")
    ]


def test_the_time_of_the_next_attempt_is_known_while_and_only_while_it_is_backed_off() -> None:
    play = Play(plan(job("a", step("one", attempts=3))))
    waits: list[float] = []
    for _ in range(2):
        play.play_job("a", BROKEN)
        due = play.step("a.one").retry_at
        assert due is not None
        waits.append(seconds_between(play.now, due))
        play.retry("a.one")
        assert play.step("a.one").retry_at is None
    assert waits == [2.0, 4.0]


def test_the_wait_grows_by_its_factor_up_to_the_longest() -> None:
    policy = RetryPolicy(attempts=9, backoff=1, factor=3, max_backoff=20)
    assert [policy.wait_after(attempt) for attempt in (1, 2, 3, 4, 5)] == [1, 3, 9, 20, 20]


@pytest.mark.parametrize(("backoff", "wait"), [(2.0, 60.0), (0.0, 0.0)])
def test_a_wait_that_no_number_can_hold_is_the_longest(backoff: float, wait: float) -> None:
    policy = RetryPolicy(attempts=10_000, backoff=backoff, factor=10.0, max_backoff=60.0)
    assert [policy.wait_after(attempt) for attempt in (308, 1_000, 10_000)] == [wait] * 3


def test_a_task_with_another_job_that_runs_is_not_backed_off() -> None:
    play = Play(plan(job("a", step("one", attempts=2)), job("b")))
    play.claim("b")
    play.play_job("a", BROKEN)
    assert play.status is Status.IN_PROGRESS
    play.end("b")
    assert play.status is Status.BACKED_OFF


@pytest.mark.parametrize(
    ("on", "outcome", "again"),
    [
        ((RetryOn.SYSTEM,), BROKEN, True),
        ((RetryOn.SYSTEM,), BAD, False),
        ((RetryOn.USER,), BAD, True),
        ((RetryOn.USER,), BROKEN, False),
        (BOTH, BAD, True),
        (BOTH, BROKEN, True),
        ((), BROKEN, False),
    ],
)
def test_a_policy_says_which_errors_it_covers(
    on: tuple[RetryOn, ...], outcome: Failed | Errored, again: bool
) -> None:
    play = Play(plan(job("a", step("one", attempts=2, on=on))))
    play.play_job("a", outcome)
    assert play.step("a.one").status is (Status.BACKED_OFF if again else Status.FAILED)


def test_a_step_is_never_tried_more_often_than_its_policy_says() -> None:
    play = Play(plan(job("a", step("one", attempts=3, on=BOTH))))
    for attempt in (1, 2):
        play.play_job("a", BAD)
        assert play.step("a.one").attempts == attempt
        play.retry("a.one")
    play.play_job("a", BAD)
    assert play.step("a.one").attempts == 3
    assert play.status is Status.FAILED


def test_each_attempt_has_its_own_number_times_and_outcome() -> None:
    play = Play(plan(job("a", step("one", attempts=2))))
    play.play_job("a", BROKEN)
    first = play.attempt("a.one")
    assert (first.number, first.status, first.outcome) == (1, Status.FAILED, BROKEN)
    play.retry("a.one")
    play.claim("a")
    second = play.attempt("a.one")
    assert (second.number, second.status, second.outcome) == (2, Status.IN_PROGRESS, None)
    assert first.ended_at is not None
    assert second.started_at > first.ended_at
    assert play.step("a.one").started_at == first.started_at


def test_the_job_and_task_keep_their_first_start() -> None:
    play = Play(plan(job("a", step("one", attempts=2))))
    play.play_job("a", BROKEN)
    started = play.task.started_at, play.job("a").started_at
    play.retry("a.one")
    play.play_job("a")
    assert (play.task.started_at, play.job("a").started_at) == started


@pytest.mark.parametrize("forced", [True, False])
def test_force_and_allow_failure_forgive_only_when_the_retries_are_used_up(forced: bool) -> None:
    one = step("one", attempts=2, on=BOTH, allow_failure=not forced)
    play = Play(plan(job("a", one)), forced=forced)
    play.play_job("a", BAD)
    assert play.status is Status.BACKED_OFF
    play.retry("a.one")
    play.play_job("a", BAD)
    assert play.status is Status.DONE_WITH_WARNINGS


def test_steps_that_had_ended_are_not_run_again_after_a_retry() -> None:
    play = Play(plan(job("a", step("one"), step("two", attempts=2))))
    play.play_job("a", GOOD, BROKEN)
    play.retry("a.two")
    play.claim("a")
    assert play.running("a").name == "two"
    assert play.step("a.one").attempts == 1


def test_a_retry_that_comes_due_twice_changes_nothing() -> None:
    play = Play(plan(job("a", step("one", attempts=2))))
    play.play_job("a", BROKEN)
    play.retry("a.one")
    assert not play.retry("a.one")


# What each outcome means.


@pytest.mark.parametrize("forgiven_by", ["allow_failure", "force"])
def test_a_forgiven_user_error_is_a_warning_and_the_job_goes_on(forgiven_by: str) -> None:
    one = step("one", allow_failure=forgiven_by == "allow_failure")
    play = Play(plan(job("a", one, step("two"))), forced=forgiven_by == "force")
    play.play_job("a", Failed(message="exit code 3", exit_code=3, outputs={"k": "v"}), GOOD)
    assert play.step_statuses("a") == ["done_with_warnings", "done"]
    one_now = play.step("a.one")
    assert (one_now.warning, one_now.exit_code, one_now.error) == ("exit code 3", 3, None)
    assert one_now.outputs == {"k": "v"}
    assert play.status is Status.DONE_WITH_WARNINGS


@pytest.mark.parametrize("forgiven_by", ["allow_failure", "force"])
def test_a_system_error_is_never_forgiven(forgiven_by: str) -> None:
    one = step("one", allow_failure=forgiven_by == "allow_failure")
    play = Play(plan(job("a", one)), forced=forgiven_by == "force")
    play.play_job("a", BROKEN)
    assert play.status is Status.FAILED


def test_a_user_error_keeps_message_and_exit_code() -> None:
    play = Play(plan(job("a")))
    play.play_job("a", Failed(message="killed by SIGSEGV", signal="SIGSEGV", exit_code=139))
    error = play.task.error
    assert error is not None
    assert (error.kind, error.message, error.reference) == ("user", "killed by SIGSEGV", None)
    assert error.step_id == play.step("a.a").id
    assert play.step("a.a").exit_code == 139


def test_a_system_error_keeps_its_reference_and_detail() -> None:
    play = Play(plan(job("a")))
    play.play_job("a", BROKEN)
    error = play.task.error
    assert error is not None
    assert (error.kind, error.reference, error.detail) == (
        "system",
        f"T1-S{play.step('a.a').id}-A1",
        "Traceback ...",
    )


def test_the_error_that_came_first_is_the_task_s() -> None:
    play = Play(plan(job("a"), job("b")))
    play.claim("a", "b")
    play.end("b", BROKEN)
    play.end("a", BAD)
    assert play.task.error == play.step("b.b").error


def test_outputs_and_warnings_of_a_step_are_kept() -> None:
    play = Play(plan(job("a", step("one"), step("two"))))
    play.play_job(
        "a", Succeeded(outputs={"wheel": "a.whl"}, exit_code=0), Warned(message="old", exit_code=0)
    )
    assert play.step("a.one").outputs == {"wheel": "a.whl"}
    assert play.step("a.two").warning == "old"
    assert play.status is Status.DONE_WITH_WARNINGS
