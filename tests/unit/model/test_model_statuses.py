"""The ten statuses: each is reached, each arrow of the tables is taken, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasktrail.model.happening import StartDue
from tasktrail.model.outcome import Outcome, TimedOut, TimeLimit, Warned
from tasktrail.model.rollup import job_status, task_status
from tasktrail.model.status import (
    FINAL,
    PART_TRANSITIONS,
    TASK_STATUSES,
    TASK_TRANSITIONS,
    Status,
    parse_status,
)
from tasktrail.model.submission import new_record
from unit.model.plans import ALWAYS, BOTH, ON_FAILURE, job, plan, step
from unit.model.play import ANN, BAD, BROKEN, GOOD, START, STOPPED, FreshIds, Play

TOO_LONG = TimedOut(limit=TimeLimit.STEP, message="too long")
WARNED = Warned(message="deprecated")
OUTCOMES: list[Outcome] = [GOOD, WARNED, BAD, TOO_LONG]
STEADY = settings(deadline=None, derandomize=True, database=None)
"""The same examples each time that the same tests run, however slow the machine."""

ENDS = st.sampled_from(sorted(FINAL))
STOPS = st.sampled_from([None, Status.CANCELED, Status.TIMED_OUT])


# The plays that together take every arrow.


def _ended(outcome: Outcome) -> Play:
    play = Play(plan(job("a")))
    play.play_job("a", outcome)
    return play


def _ended_before_the_stop(outcome: Outcome) -> Play:
    play = Play(plan(job("a")))
    play.claim("a")
    play.cancel()
    play.end("a", outcome)
    return play


def _nothing_to_do() -> Play:
    return Play(plan(job("a", when=ON_FAILURE)))


def _canceled_while_pending() -> Play:
    play = Play(plan(job("a"), locks=("cluster:7",)))
    play.cancel()
    return play


def _canceled_while_queued() -> Play:
    play = Play(plan(job("a")))
    play.cancel()
    return play


def _canceled_while_running() -> Play:
    play = Play(plan(job("a", step("one"), step("tidy", ALWAYS, attempts=2, on=BOTH))))
    play.claim("a")
    play.cancel()
    play.end("a", STOPPED, BAD)
    play.retry("a.tidy")
    play.play_job("a")
    return play


def _canceled_while_backed_off() -> Play:
    play = Play(plan(job("a", step("one", attempts=2), step("tidy", ALWAYS))))
    play.play_job("a", BROKEN)
    play.cancel()
    play.play_job("a")
    return play


def _timed_out_while_backed_off() -> Play:
    play = Play(plan(job("a", step("one", attempts=2), framed=True)))
    play.play_job("a", GOOD, BROKEN)
    play.reach_limit()
    play.play_job("a")
    return play


def _worker_lost() -> Play:
    play = Play(plan(job("a", step("one", retry_safe=True))))
    play.claim("a")
    play.lose("a")
    play.play_job("a")
    return play


def _canceled_after_a_lost_worker() -> Play:
    play = Play(plan(job("a", step("one", retry_safe=True), step("tidy", ALWAYS))))
    play.claim("a")
    play.lose("a")
    play.cancel()
    play.play_job("a")
    return play


def _timed_out_after_a_lost_worker() -> Play:
    play = Play(plan(job("a", step("one", retry_safe=True), framed=True)))
    play.claim("a")
    play.end("a")
    play.lose("a")
    play.reach_limit()
    play.play_job("a")
    return play


def _lost_while_canceling() -> Play:
    play = Play(plan(job("a")))
    play.claim("a")
    play.cancel()
    play.lose("a")
    play.claim("a")
    return play


def _one_fails_fast() -> Play:
    play = Play(plan(job("a"), job("b", step("one"), step("two")), job("c"), fail_fast=True))
    play.claim("a", "b")
    play.end("a", BAD)
    play.end("b", STOPPED)
    return play


def _one_backed_off_fails_fast() -> Play:
    play = Play(plan(job("a"), job("b", step("one", attempts=2)), fail_fast=True))
    play.claim("a", "b")
    play.end("b", BROKEN)
    play.end("a", BAD)
    play.claim("b")
    return play


def _would_wait_for_itself(*, forced: bool = False) -> Play:
    play = Play(plan(job("a", locks=("cluster:7",))), forced=forced)
    play.refuse("a")
    return play


def _would_wait_for_itself_and_takes_the_others_along() -> Play:
    play = Play(plan(job("a", locks=("cluster:7",)), job("b"), fail_fast=True))
    play.refuse("a")
    return play


def _would_wait_for_itself_and_rolls_back_behind_a_lock() -> Play:
    undo = job("undo", after=("a",), when=ON_FAILURE, locks=("cluster:8",))
    play = Play(plan(job("a", locks=("cluster:7",)), job("b"), undo, fail_fast=True))
    play.refuse("a")
    return play


PLAYS: list[Callable[[], Play]] = [
    *(lambda outcome=outcome: _ended(outcome) for outcome in OUTCOMES),
    *(lambda outcome=outcome: _ended_before_the_stop(outcome) for outcome in OUTCOMES),
    _nothing_to_do,
    _canceled_while_pending,
    _canceled_while_queued,
    _canceled_while_running,
    _canceled_while_backed_off,
    _timed_out_while_backed_off,
    _worker_lost,
    _canceled_after_a_lost_worker,
    _timed_out_after_a_lost_worker,
    _lost_while_canceling,
    _one_fails_fast,
    _one_backed_off_fails_fast,
    *(lambda forced=forced: _would_wait_for_itself(forced=forced) for forced in (False, True)),
    _would_wait_for_itself_and_takes_the_others_along,
    _would_wait_for_itself_and_rolls_back_behind_a_lock,
]


def _taken(of_task: bool) -> set[tuple[str, str]]:
    return {
        (event.from_status.value, event.to_status.value)
        for make in PLAYS
        for event in make().history
        if event.from_status and event.to_status and (event.job_id is None) == of_task
    }


def _arrows(table: dict[Status, frozenset[Status]]) -> set[tuple[str, str]]:
    return {(before.value, after.value) for before, afters in table.items() for after in afters}


def test_every_arrow_of_the_task_table_is_taken_and_no_other() -> None:
    assert _taken(of_task=True) == _arrows(TASK_TRANSITIONS)


def test_every_arrow_of_the_table_of_jobs_and_steps_is_taken_and_no_other() -> None:
    assert _taken(of_task=False) == _arrows(PART_TRANSITIONS)


def test_each_of_the_ten_statuses_is_reached() -> None:
    reached = {status for make in PLAYS for status in make().path()}
    assert reached == {status.value for status in TASK_STATUSES}
    assert len(reached) == 10


@pytest.mark.parametrize("table", [TASK_TRANSITIONS, PART_TRANSITIONS], ids=["task", "parts"])
def test_final_never_changes_and_everything_else_leads_to_an_end(
    table: dict[Status, frozenset[Status]],
) -> None:
    assert not table.keys() & FINAL
    for start in table:
        reached, waiting = set[Status](), [start]
        while waiting:
            further = table.get(waiting.pop(), frozenset()) - reached
            reached |= further
            waiting += further
        assert reached & FINAL


def test_a_task_is_never_skipped() -> None:
    assert Status.SKIPPED not in TASK_TRANSITIONS
    assert all(Status.SKIPPED not in afters for afters in TASK_TRANSITIONS.values())
    assert Status.SKIPPED not in TASK_STATUSES


# What they mean.


def test_a_submitted_task_is_pending_until_its_start_is_due() -> None:
    play = Play(plan(job("a")), due=False)
    assert play.status is Status.PENDING
    play.tell(StartDue())
    assert play.status is Status.QUEUED
    assert not play.tell(StartDue())


def test_a_task_is_in_progress_from_the_start_of_its_first_job() -> None:
    play = Play(plan(job("a"), job("b", after=("a",))))
    assert play.task.started_at is None
    play.claim("a")
    assert play.status is Status.IN_PROGRESS
    assert play.task.started_at == play.now
    play.end("a")
    assert play.statuses["b"] == "queued"
    assert play.status is Status.IN_PROGRESS


def test_an_immediate_task_is_born_done() -> None:
    state, changes = new_record(
        task_id=FreshIds().task(),
        organization_id=1,
        author=ANN,
        definition="user-added",
        title="Ann added to the project",
        silent=True,
        now=START,
    )
    task = state.task
    assert task.status is Status.DONE
    assert task.immediate
    assert task.silent
    assert task.created_at == task.started_at == task.ended_at == START
    assert [event.to_status for event in changes.events] == [Status.DONE]


def test_every_change_is_one_event_that_says_what_from_what_and_when() -> None:
    play = Play(plan(job("a")))
    play.play_job("a")
    seen = [
        (bool(event.job_id), bool(event.step_id), event.from_status, event.to_status)
        for event in play.history
    ]
    pending, queued, running = Status.PENDING, Status.QUEUED, Status.IN_PROGRESS
    assert seen == [
        (False, False, None, pending),
        (True, False, pending, queued),
        (False, False, pending, queued),
        (True, False, queued, running),
        (False, False, queued, running),
        (True, True, pending, running),
        (True, True, running, Status.DONE),
        (True, False, running, Status.DONE),
        (False, False, running, Status.DONE),
    ]


@pytest.mark.parametrize(
    "text",
    ["done_with_warnings", "Done With Warnings", "DONE-WITH-WARNINGS", " done+with_warnings"],
)
def test_a_status_may_be_spelled_in_many_ways(text: str) -> None:
    assert parse_status(text) is Status.DONE_WITH_WARNINGS


def test_a_status_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="cancelled"):
        parse_status("cancelled")


def test_statuses_are_shown_with_spaces() -> None:
    assert Status.BACKED_OFF.label == "backed off"
    assert Status.CANCELED.label == "canceled"


# Rolling up.

ORDER = ["timed_out", "failed", "canceled", "done_with_warnings", "done"]


def _worst(ends: list[Status]) -> str | None:
    found = [name for name in ORDER if name in {end.value for end in ends}]
    return found[0] if found else None


@STEADY
@given(st.lists(ENDS), STOPS)
def test_a_job_is_the_worst_of_its_steps_and_of_what_stopped_it(
    ends: list[Status], stopped: Status | None
) -> None:
    found = job_status(ends, stopped)
    assert found == (_worst(ends + ([stopped] if stopped else [])) or "skipped")
    assert found in FINAL


@STEADY
@given(st.lists(ENDS))
def test_a_task_that_nothing_stopped_is_the_worst_of_its_jobs(ends: list[Status]) -> None:
    assert task_status(ends, None) == (_worst(ends) or "done")


@STEADY
@given(st.lists(ENDS), st.sampled_from([Status.CANCELED, Status.TIMED_OUT]))
def test_a_stop_that_took_something_from_a_task_decides(
    ends: list[Status], stopped: Status
) -> None:
    assert task_status(ends, stopped) is stopped


@STEADY
@given(st.permutations([*FINAL, *FINAL]), STOPS)
def test_the_order_of_the_parts_does_not_matter(ends: list[Status], stop: Status | None) -> None:
    assert job_status(ends, stop) is job_status(sorted(ends), stop)
    assert task_status(ends, stop) is task_status(sorted(ends), stop)
