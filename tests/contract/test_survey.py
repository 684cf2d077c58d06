"""What a verification reads, on both databases."""

from __future__ import annotations

from store_bench import Bench, one_job

from tasktrail.store.survey import (
    StandingClaim,
    damages,
    held_locks,
    histories,
    next_task_ids,
    running_attempts,
    standing_claims,
)


async def test_tasks_come_in_portions(bench: Bench) -> None:
    ids = [await bench.submit() for _ in range(3)]
    assert await bench.read(lambda c: next_task_ids(c, 0, 2)) == ids[:2]
    assert await bench.read(lambda c: next_task_ids(c, ids[1], 2)) == ids[2:]
    assert await bench.read(lambda c: next_task_ids(c, ids[2], 2)) == []


async def test_histories_are_those_of_each_task_oldest_first(bench: Bench) -> None:
    first, second = await bench.submit(), await bench.submit()
    await bench.play(first)
    found = await bench.read(lambda c: histories(c, [first, second]))
    assert found == {
        task_id: [event for _, event in await bench.history(task_id)] for task_id in found
    }
    assert [len(found[first]) > len(found[second]) > 0, set(found)] == [True, {first, second}]


async def test_claims_say_who_holds_and_who_waits(bench: Bench) -> None:
    holder = await bench.submit(one_job(locks=("a",)))
    waiting = await bench.submit(one_job(locks=("a",)))
    lock = bench.organization_id, "a"
    assert await bench.read(standing_claims) == [
        StandingClaim(lock=lock, task_id=holder, job_id=None, granted=True, ended=False),
        StandingClaim(lock=lock, task_id=waiting, job_id=None, granted=False, ended=False),
    ]
    held = await bench.read(lambda c: held_locks(c, [holder, waiting]))
    assert held == {holder: {("a", None)}, waiting: set()}


async def test_running_are_the_attempts_that_have_not_ended(bench: Bench) -> None:
    ended, running = await bench.submit(), await bench.submit()
    done = await bench.claim(ended)
    await bench.happen(ended, done)
    begun = await bench.claim(running)
    keys = [(done.step_id, 1), (begun.step_id, 1), (begun.step_id, 2)]
    assert await bench.read(lambda c: running_attempts(c, keys)) == {(begun.step_id, 1)}


async def test_a_sound_database_has_no_damages(bench: Bench) -> None:
    await bench.play(await bench.submit())
    assert await bench.read(damages) == []
