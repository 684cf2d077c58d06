"""The graph of jobs: what starts when, what is skipped, what waits for locks."""

from __future__ import annotations

import pytest

from tasktrail.model.event import EventKind
from tasktrail.model.outcome import Outcome, Warned
from tasktrail.model.plan import JobPlan, When
from tasktrail.model.status import Status
from unit.model.plans import ALWAYS, ON_FAILURE, job, plan, step
from unit.model.play import BAD, BROKEN, GOOD, Play


def test_jobs_run_in_parallel_where_the_graph_allows_it() -> None:
    play = Play(plan(job("a"), job("b", after=("a",)), job("c", after=("a",)), job("d")))
    assert play.statuses == {"a": "queued", "b": "pending", "c": "pending", "d": "queued"}
    play.claim("a", "d")
    play.end("a")
    assert play.statuses == {"a": "done", "b": "queued", "c": "queued", "d": "in_progress"}


def test_a_job_waits_for_everything_that_it_needs() -> None:
    play = Play(plan(job("a"), job("b"), job("c", after=("a", "b"))))
    play.claim("a", "b")
    play.end("a")
    assert play.statuses["c"] == "pending"
    play.end("b")
    assert play.statuses["c"] == "queued"


def test_steps_run_one_after_another_by_the_same_worker() -> None:
    play = Play(plan(job("a", step("one"), step("two"))))
    play.claim("a")
    claim = play.job("a").claim
    play.end("a")
    assert play.step_statuses("a") == ["done", "in_progress"]
    assert play.job("a").claim == claim
    play.end("a")
    assert play.job("a").claim is None


def test_a_failed_job_skips_the_jobs_that_need_it_and_theirs() -> None:
    play = Play(plan(job("a"), job("b", after=("a",)), job("c", after=("b",)), job("d")))
    play.play_job("a", BAD)
    assert play.statuses == {"a": "failed", "b": "skipped", "c": "skipped", "d": "queued"}
    play.play_job("d")
    assert play.status is Status.FAILED


def test_a_job_with_warnings_went_well() -> None:
    play = Play(plan(job("a"), job("b", after=("a",))))
    play.play_job("a", Warned(message="deprecated"))
    play.play_job("b")
    assert play.statuses == {"a": "done_with_warnings", "b": "done"}
    assert play.status is Status.DONE_WITH_WARNINGS


@pytest.mark.parametrize(
    ("when", "outcome", "end"),
    [
        (When.ON_SUCCESS, GOOD, "queued"),
        (When.ON_SUCCESS, BAD, "skipped"),
        (When.ON_FAILURE, GOOD, "skipped"),
        (When.ON_FAILURE, BAD, "queued"),
        (When.ON_FAILURE, BROKEN, "queued"),
        (When.ALWAYS, GOOD, "queued"),
        (When.ALWAYS, BAD, "queued"),
    ],
)
def test_jobs_say_when_they_run(when: When, outcome: Outcome, end: str) -> None:
    play = Play(plan(job("a"), job("b", after=("a",), when=when)))
    play.play_job("a", outcome)
    assert play.statuses["b"] == end


@pytest.mark.parametrize(
    ("when", "outcome", "end"),
    [
        (When.ON_SUCCESS, GOOD, "in_progress"),
        (When.ON_SUCCESS, BAD, "skipped"),
        (When.ON_FAILURE, GOOD, "skipped"),
        (When.ON_FAILURE, BAD, "in_progress"),
        (When.ALWAYS, GOOD, "in_progress"),
        (When.ALWAYS, BAD, "in_progress"),
    ],
)
def test_steps_say_when_they_run(when: When, outcome: Outcome, end: str) -> None:
    play = Play(plan(job("a", step("one"), step("two", when))))
    play.play_job("a", outcome)
    assert play.step("a.two").status.value == end


def test_a_roll_back_job_sees_the_failure_through_the_jobs_that_were_skipped_for_it() -> None:
    jobs = [job("a"), job("b", after=("a",)), job("undo", after=("b",), when=ON_FAILURE)]
    play = Play(plan(*jobs))
    play.play_job("a", BAD)
    assert play.statuses == {"a": "failed", "b": "skipped", "undo": "queued"}


def test_a_roll_back_job_sees_the_failure_at_the_far_end_of_a_very_long_chain() -> None:
    length = 3000
    chain = [job(f"j{n}", after=(f"j{n - 1}",) if n else ()) for n in range(length)]
    undo = job("undo", after=(f"j{length - 1}",), when=ON_FAILURE)
    play = Play(plan(*chain, undo))
    play.play_job("j0", BAD)
    assert play.statuses["undo"] == "queued"


def test_a_roll_back_job_looks_at_each_job_of_a_dense_graph_once() -> None:
    needs: tuple[str, ...] = ("not needed",)
    layers: list[JobPlan] = []
    for n in range(60):
        layers += [job(f"{n}a", after=needs), job(f"{n}b", after=needs)]
        needs = (f"{n}a", f"{n}b")
    undo = job("undo", after=needs, when=ON_FAILURE)
    play = Play(plan(job("not needed", when=ON_FAILURE), *layers, undo, job("beside")))
    assert play.statuses["undo"] == "skipped"


@pytest.mark.parametrize("framed", [False, True], ids=["bare", "with a workspace"])
def test_a_job_with_nothing_but_roll_back_has_nothing_to_do(framed: bool) -> None:
    play = Play(plan(job("a", step("undo", ON_FAILURE), framed=framed), job("b")))
    assert play.statuses == {"a": "skipped", "b": "queued"}
    play.play_job("b")
    assert play.status is Status.DONE


def test_a_job_that_started_and_of_which_nothing_ran_but_its_workspace_is_not_done() -> None:
    undone = job("a", step("undo", ON_FAILURE), step("work"), framed=True)
    play = Play(plan(undone))
    play.claim("a")
    play.cancel()
    play.end("a", GOOD, GOOD)
    assert play.step_statuses("a") == ["done", "skipped", "skipped", "done"]
    assert play.statuses == {"a": "canceled"}
    assert play.status is Status.CANCELED


@pytest.mark.parametrize(
    "jobs",
    [
        (job("a", when=ON_FAILURE),),
        (job("a", step("undo", ON_FAILURE)),),
        (job("a", step("undo", ON_FAILURE), framed=True),),
        (),
    ],
    ids=["only a roll-back job", "only roll-back steps", "and their workspace", "no job"],
)
def test_a_task_with_nothing_to_do_is_done_at_once(jobs: tuple[JobPlan, ...]) -> None:
    play = Play(plan(*jobs))
    assert play.path() == ["pending", "done"]
    assert play.task.ended_at is not None
    assert play.task.started_at is None


def test_a_job_asks_for_its_locks_once_and_waits_for_them() -> None:
    jobs = [job("a"), job("b", when=ON_FAILURE), job("c", when=ON_FAILURE)]
    needs_all = job("tidy", after=("a", "b", "c"), when=ALWAYS, locks=("cluster:7",))
    play = Play(plan(*jobs, needs_all))
    play.claim("a")
    assert play.end("a").lock_requests == [play.job("tidy").id]
    assert play.status is Status.IN_PROGRESS
    assert play.cancel().lock_requests == []
    play.grant("tidy")
    assert play.history[-2].kind is EventKind.LOCK_GRANTED
    assert play.play_job("tidy").releases == [play.job("tidy").id, None]


def test_a_job_that_two_skipped_ones_hold_up_asks_for_its_locks_once() -> None:
    skipped = [job("b", after=("a",)), job("c", after=("a",))]
    tidy = job("tidy", after=("b", "c"), when=ALWAYS, locks=("cluster:7",))
    play = Play(plan(job("a"), *skipped, tidy))
    assert play.play_job("a", BAD).lock_requests == [play.job("tidy").id]


def test_a_stop_does_not_make_a_job_ask_for_its_locks_again() -> None:
    tidy = job("tidy", when=ALWAYS, locks=("cluster:7",))
    play = Play(plan(job("a"), job("b"), tidy, fail_fast=True))
    play.claim("a", "b")
    assert play.end("a", BAD).lock_requests == []
    assert play.cancel().lock_requests == []


def test_a_task_waits_for_its_locks_before_anything_of_it_starts() -> None:
    play = Play(plan(job("a"), locks=("cluster:7",)))
    assert play.last.lock_requests == [None]
    assert (play.status, play.statuses) == (Status.PENDING, {"a": "pending"})
    play.grant()
    assert (play.status, play.statuses) == (Status.QUEUED, {"a": "queued"})
    assert not play.grant()
    assert play.last.events == []
    assert play.play_job("a").releases == [None]


def test_locks_that_nobody_waits_for_open_nothing() -> None:
    play = Play(plan(job("a"), job("b", after=("a",), locks=("cluster:7",))), due=False)
    assert not play.grant()
    assert not play.grant("b")
    assert set(play.statuses.values()) == {"pending"}
    assert len(play.history) == 1


def test_a_job_that_is_skipped_gives_its_locks_back() -> None:
    play = Play(plan(job("a", locks=("cluster:7",))))
    assert play.cancel().releases == [play.job("a").id, None]


def test_a_job_keeps_its_locks_while_it_is_backed_off() -> None:
    play = Play(plan(job("a", step("one", attempts=2), locks=("cluster:7",))))
    play.grant("a")
    assert play.play_job("a", BROKEN).releases == []
    assert play.retry("a.one").lock_requests == []
    assert play.play_job("a").releases == [play.job("a").id, None]
