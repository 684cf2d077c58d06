"""A task of a thousand jobs is decided about as quickly as a small one, more or less."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import process_time

import pytest

from tasktrail.model.changes import Changes
from tasktrail.model.plan import TaskPlan
from tasktrail.model.status import Status
from unit.model.plans import job, plan, step
from unit.model.play import Play

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
