"""The simulation finds what it is there to find: each defect planted here, within few seeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simulation.memory_database import MemoryDatabase
from simulation.schedule import play
from tasktrail.actions import assignment, ledger
from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.decisions import Decisions
from tasktrail.engine import embedded, persistent_decisions, recovery
from tasktrail.engine.job_execution import JobExecution
from tasktrail.engine.timers import Timers
from tasktrail.model import judgement
from tasktrail.store import locks
from tasktrail.store.group_commit import GroupCommit

MOST_SEEDS = 400

Plant = Callable[[pytest.MonkeyPatch], None]


def _nothing(*_: Any) -> list[Any]:
    return []


def _always(*_: Any) -> bool:
    return True


def _never(*_: Any) -> None:
    return None


def forget_who_is_next_at_a_lock(patch: pytest.MonkeyPatch) -> None:
    release = locks.release

    def forgetful(*args: Any) -> list[Any]:
        release(*args)
        return []

    patch.setattr(locks, "release", forgetful)


def keep_the_locks_of_what_has_ended(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(locks, "release", _nothing)


def hand_out_a_lock_that_is_held(patch: pytest.MonkeyPatch) -> None:
    def generous(*args: Any) -> bool:
        locks_request(*args)
        return True

    locks_request = locks.request
    patch.setattr(locks, "request", generous)


def start_again_what_is_not_safe_to_repeat(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(judgement, "_repeatable", _always)


def leave_lost_jobs_in_progress(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recovery, "RUNNING", frozenset())


def start_before_the_decision_is_durable(patch: pytest.MonkeyPatch) -> None:
    async def make(self: Decisions, work: Any) -> Any:
        def in_transaction(transaction: Any) -> Any:
            one = ledger.Ledger(transaction, self.clock())
            result = work(one)
            self.publish(one.decided)
            return result

        return await self.store.write(in_transaction)

    patch.setattr(Decisions, "make", make)


def carry_a_job_out_twice(patch: pytest.MonkeyPatch) -> None:
    """Whoever asks for a running job gets it as well."""

    def claim(one: Any, task_id: int, job_id: int, claim: str, prepared: Any = None) -> Any:
        found = claim_job(one, task_id, job_id, claim, prepared)
        held = one.state(task_id).jobs[job_id].claim
        return found or (held and claim_job(one, task_id, job_id, held))

    def follow(self: embedded.EmbeddedEngine, decided: Any) -> None:
        engine_follow(self, decided)
        twins = [job for job in decided.changes.jobs.values() if job.claim and not twice]
        for job in twins:
            twice.append(job.id)
            self._executions.pop(job.id, None)
            self._offer(job, cleans_up=False)
            self._dispatch()

    twice: list[int] = []
    claim_job = assignment.claim_job
    engine_follow = embedded.EmbeddedEngine.follow
    patch.setattr(persistent_decisions, "claim_job", claim)
    patch.setattr(embedded.EmbeddedEngine, "follow", follow)


def forget_retries_that_are_due(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Timers, "_set", _never)


def forget_stop_orders(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(JobExecution, "order_stop", _never)


def tell_nobody_who_waits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Bulletin, "follow", _never)


def keep_the_states_of_a_refused_commit(patch: pytest.MonkeyPatch) -> None:
    def give_up(self: Any, group: Any, error: Exception) -> None:
        states = dict(self._states._states)
        real(self, group, error)
        self._states._states.update(states)

    real = GroupCommit._give_up
    patch.setattr(GroupCommit, "_give_up", give_up)


PLANTS: tuple[Plant, ...] = (
    forget_who_is_next_at_a_lock,
    keep_the_locks_of_what_has_ended,
    hand_out_a_lock_that_is_held,
    start_again_what_is_not_safe_to_repeat,
    leave_lost_jobs_in_progress,
    start_before_the_decision_is_durable,
    carry_a_job_out_twice,
    forget_retries_that_are_due,
    forget_stop_orders,
    tell_nobody_who_waits,
    keep_the_states_of_a_refused_commit,
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_defect_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    database = MemoryDatabase()
    found = next((seed for seed in range(MOST_SEEDS) if play(seed, database).broken), None)
    assert found is not None, f"not found within {MOST_SEEDS} seeds"
