"""A job that would wait for itself at its locks fails before it has started."""

from __future__ import annotations

import pytest

from tasktrail.model.event import EventKind
from tasktrail.model.happening import LocksGranted, LocksRefused
from tasktrail.model.status import Status
from tasktrail.model.task import ErrorClass
from unit.model.plans import ALWAYS, ON_FAILURE, job, plan, step
from unit.model.play import BAD, Play

LOCKS = ("cluster:7",)


def test_it_fails_in_its_first_step_and_says_why() -> None:
    undo, tidy = step("undo", ON_FAILURE), step("tidy", ALWAYS)
    play = Play(plan(job("a", undo, step("one"), step("two"), tidy, locks=LOCKS, framed=True)))

    changes = play.refuse("a", "it would wait for itself: ...")

    assert play.step_statuses("a") == ["skipped"] * 2 + ["failed"] + ["skipped"] * 3
    told = play.step("a.one")
    assert told.error is not None
    assert told.error.kind is ErrorClass.USER
    assert told.error.message == "it would wait for itself: ..."
    assert told.attempts == 0
    assert play.task.error == told.error
    assert play.path() == ["pending", "failed"]
    assert changes.releases == [play.job("a").id, None]
    assert [event.message for event in play.history if event.step_id == told.id] == [
        "it would wait for itself: ..."
    ]


def test_what_needs_it_is_skipped_and_what_looks_for_a_failure_runs() -> None:
    later, alarm = job("later", after=("a",)), job("alarm", after=("a",), when=ON_FAILURE)
    play = Play(plan(job("a", locks=LOCKS), job("beside"), later, alarm))

    play.refuse("a")

    assert play.statuses == {
        "a": "failed",
        "beside": "queued",
        "later": "skipped",
        "alarm": "queued",
    }
    play.play_job("beside")
    play.play_job("alarm")
    assert play.status is Status.FAILED


def test_force_forgives_it_and_the_jobs_after_it_run() -> None:
    first = job("a", step("one"), step("two"), locks=LOCKS)
    play = Play(plan(first, job("later", after=("a",))), forced=True)

    play.refuse("a", "a circle")

    assert play.step_statuses("a") == ["done_with_warnings", "skipped"]
    assert play.step("a.one").warning == "a circle"
    play.play_job("later")
    assert play.status is Status.DONE_WITH_WARNINGS


def test_a_step_that_may_fail_does_not_forgive_it() -> None:
    """What is allowed to fail is what the step does; the job has done nothing at all."""
    play = Play(plan(job("a", step("one", allow_failure=True), locks=LOCKS)))
    play.refuse("a")
    assert play.status is Status.FAILED


@pytest.mark.parametrize("hidden", ["step", "job"])
def test_one_that_nobody_sees_can_be_looked_up(hidden: str) -> None:
    one = step("one", system=hidden == "step")
    play = Play(plan(job("a", one, locks=LOCKS, system=hidden == "job")))
    play.refuse("a")
    assert play.task.error is not None
    assert play.task.error.reference


def test_clean_up_that_would_wait_for_itself_does_not_keep_a_cancel_from_its_end() -> None:
    tidy = job("tidy", after=("a",), when=ALWAYS, locks=LOCKS)
    play = Play(plan(job("a"), tidy))
    play.claim("a")
    play.cancel()
    play.obey()

    play.refuse("tidy")

    assert play.status is Status.CANCELED
    assert play.statuses == {"a": "canceled", "tidy": "failed"}


def test_what_does_not_wait_for_locks_is_not_refused_any() -> None:
    play = Play(plan(job("a", locks=LOCKS), job("b"), job("c", after=("b",), locks=LOCKS)))
    assert not play.refuse("b")
    assert not play.refuse("c")
    play.grant("a")
    assert not play.refuse("a")
    assert play.statuses == {"a": "queued", "b": "queued", "c": "pending"}
    play.play_job("b", BAD)
    assert not play.refuse("c")
    assert EventKind.LOCK_GRANTED in {event.kind for event in play.history}


def test_an_answer_about_locks_changes_nothing_before_the_task_may_start() -> None:
    """Nothing was asked for yet: its time has not come, or it waits for locks of its own."""
    held = Play(plan(job("a", locks=LOCKS), locks=("task",)))
    early = Play(plan(job("a", locks=LOCKS)), due=False)
    for play in (held, early):
        job_id = play.job("a").id
        assert not play.tell(LocksRefused(job_id, "late"))
        assert not play.tell(LocksGranted(job_id))
        assert play.statuses == {"a": "pending"}
