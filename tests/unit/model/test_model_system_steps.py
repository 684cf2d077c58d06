"""Hidden steps (M19): the system's own outlive every stop, those of a definition do not."""

from __future__ import annotations

import pytest

from tasktrail.model.outcome import Outcome, TimedOut, TimeLimit
from tasktrail.model.status import Status
from tasktrail.model.task import ErrorClass
from unit.model.plans import ALWAYS, job, plan, step
from unit.model.play import BAD, BROKEN, GOOD, STOPPED, Play

TOO_LONG = TimedOut(limit=TimeLimit.TASK, message="too long")


def test_the_workspace_is_removed_after_a_force_cancel() -> None:
    play = Play(plan(job("a", framed=True)))
    play.claim("a")
    play.end("a")
    play.cancel(forced=True)
    play.end("a", STOPPED, GOOD)
    assert play.step_statuses("a") == ["done", "canceled", "done"]


def test_the_workspace_is_removed_after_a_time_limit() -> None:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS), framed=True)))
    play.claim("a")
    play.end("a")
    play.reach_limit()
    play.end("a", TOO_LONG, GOOD)
    assert play.step_statuses("a") == ["done", "timed_out", "skipped", "done"]


def test_a_removal_that_runs_is_never_stopped() -> None:
    play = Play(plan(job("a", framed=True)))
    play.claim("a")
    play.end("a", GOOD, GOOD)
    assert play.cancel().stops == []
    assert play.cancel(forced=True).stops == []
    assert play.job("a").status is Status.CANCELING
    assert play.step("a.remove").status is Status.IN_PROGRESS
    assert play.reach_limit().stops == []
    play.end("a")
    assert play.statuses["a"] == "done"


@pytest.mark.parametrize("stop", ["cancel", "force", "limit"])
def test_a_removal_whose_worker_died_is_done_by_another(stop: str) -> None:
    play = Play(plan(job("a", framed=True)))
    play.claim("a")
    play.end("a", GOOD, BAD)
    play.lose("a")
    assert play.step("a.remove").status is Status.QUEUED
    play.reach_limit() if stop == "limit" else play.cancel(forced=stop == "force")
    play.claim("a")
    play.lose("a")
    play.play_job("a")
    assert play.step_statuses("a") == ["done", "failed", "done"]


def test_a_hidden_step_of_a_definition_is_stopped_like_any_other() -> None:
    play = Play(plan(job("a", step("one", system=True), step("two", ALWAYS, system=True))))
    play.claim("a")
    assert len(play.cancel().stops) == 1
    assert len(play.reach_limit().stops) == 1
    play.end("a", TOO_LONG)
    assert play.step_statuses("a") == ["timed_out", "skipped"]


def test_a_hidden_step_of_a_definition_is_clean_up_that_a_force_cancel_skips() -> None:
    play = Play(plan(job("a", step("one"), step("two", ALWAYS, system=True))))
    play.claim("a")
    play.cancel(forced=True)
    play.end("a", STOPPED)
    assert play.step_statuses("a") == ["canceled", "skipped"]


def test_clean_up_runs_after_a_hidden_step_of_the_definition_has_failed() -> None:
    play = Play(plan(job("a", step("one", system=True), step("tidy", ALWAYS))))
    play.play_job("a", BAD, GOOD)
    assert play.step_statuses("a") == ["failed", "done"]


def test_nothing_of_the_user_runs_without_a_workspace() -> None:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS), framed=True)))
    play.play_job("a", BROKEN, GOOD)
    assert play.step_statuses("a") == ["failed", "skipped", "skipped", "done"]


def test_force_forgives_a_hidden_step_of_the_definition_but_not_the_system_s_own() -> None:
    play = Play(plan(job("a", step("one", system=True)), job("b", framed=True)), forced=True)
    play.play_job("a", BAD)
    assert play.statuses["a"] == "done_with_warnings"
    play.play_job("b", BAD, GOOD)
    assert play.statuses["b"] == "failed"


@pytest.mark.parametrize("outcome", [BAD, BROKEN])
def test_a_hidden_failure_can_be_looked_up_by_its_reference(outcome: Outcome) -> None:
    play = Play(plan(job("a", step("one", system=True)), job("b", system=True)))
    play.play_job("a", outcome)
    play.play_job("b", outcome)
    for name in ("a.one", "b.b"):
        error = play.step(name).error
        assert error is not None
        assert error.reference
        assert error.kind is (ErrorClass.USER if outcome is BAD else ErrorClass.SYSTEM)
    assert play.task.error == play.step("a.one").error


def test_a_visible_failure_is_told_before_a_hidden_one() -> None:
    play = Play(plan(job("a", step("one", system=True)), job("b")))
    play.play_job("a", BROKEN)
    play.play_job("b", BAD)
    assert play.task.error == play.step("b.b").error
    assert play.task.error is not None
    assert play.task.error.reference is None
