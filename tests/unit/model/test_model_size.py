"""A task of a thousand jobs is decided about as quickly as a small one, more or less."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from time import process_time
from types import FrameType

import pytest

from tasktrail.model.advance import advance
from tasktrail.model.changes import Changes
from tasktrail.model.plan import TaskPlan
from tasktrail.model.status import Status
from unit.model.plans import job, plan, step
from unit.model.play import GOOD, Play

JOBS = 1000
STEPS = tuple(step(name) for name in ("one", "two", "three"))
SECONDS = 5.0
"""Of processor time; it takes some 0.3 s. A decision that looks at all pairs of jobs takes 30."""


def chain() -> TaskPlan:
    return plan(*(job(f"j{n}", *STEPS, after=(f"j{n - 1}",) if n else ()) for n in range(JOBS)))


def fan() -> TaskPlan:
    middle = [job(f"j{n}", *STEPS, after=("first",)) for n in range(JOBS - 2)]
    last = job("last", *STEPS, after=tuple(each.name for each in middle))
    return plan(job("first", *STEPS), *middle, last)


@pytest.mark.parametrize("make", [chain, fan])
@pytest.mark.parametrize("slots", [1, JOBS])
def test_a_thousand_jobs_are_driven_to_their_end_in_no_time(
    make: Callable[[], TaskPlan], slots: int
) -> None:
    play = Play(make())
    start = process_time()
    assert _drive(play, slots) == JOBS * (1 + len(STEPS))
    assert process_time() - start < SECONDS
    assert play.status is Status.DONE


def _drive(play: Play, slots: int) -> int:
    """Claim what is queued while a slot is free, end one step after another; count decisions."""
    queued = deque(_queued(play.last))
    running: deque[str] = deque()
    decisions = 0
    while queued or running:
        decisions += 1
        if queued and len(running) < slots:
            name = queued.popleft()
            play.claim(name)
        else:
            name = running.popleft()
            play.end(name)
        if not play.job(name).status.final:
            running.append(name)
        queued.extend(_queued(play.last))
    return decisions


def _queued(changes: Changes) -> list[str]:
    return [job.name for job in changes.jobs.values() if job.status is Status.QUEUED]


def test_the_end_of_a_job_costs_no_more_in_a_wide_task() -> None:
    narrow, wide = _calls_at_the_end_of_a_job(of=10), _calls_at_the_end_of_a_job(of=JOBS)
    assert wide == pytest.approx(narrow, rel=0.1)


def _calls_at_the_end_of_a_job(*, of: int) -> int:
    """How many functions are called, and generators resumed, to decide what follows."""
    play = Play(plan(*(job(f"j{n}", step("one")) for n in range(of))))
    play.claim("j0", "j1")
    ended = play.report("j0", GOOD)
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    traced = sys.getprofile()
    sys.setprofile(count)
    try:
        play.accept(advance(play.state, ended, play.now))
    finally:
        sys.setprofile(traced)
    assert play.job("j0").status is Status.DONE
    return calls
