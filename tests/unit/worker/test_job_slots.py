"""A worker asks for as many jobs as it has slots, and no job waits for a slot that waits for it."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from tasktrail.worker.temporal.job_slots import JobSlots

NOTHING = cast("Any", None)


async def one_more(slots: JobSlots) -> bool:
    """Whether another job would be asked for."""
    permit = slots.try_reserve_slot(NOTHING)
    if permit is not None:
        slots.release_slot(NOTHING)
    return permit is not None


async def test_a_slot_is_had_for_as_long_as_its_job_is_carried_out() -> None:
    slots = JobSlots(1)
    await slots.reserve_slot(NOTHING)
    assert not await one_more(slots)
    with slots.occupied():
        slots.release_slot(NOTHING)  # it has been handed over
        assert not await one_more(slots)
    assert await one_more(slots)


async def test_a_job_that_waits_for_another_one_gives_its_slot_away() -> None:
    slots = JobSlots(1)
    with slots.occupied():
        with slots.waiting():
            await slots.reserve_slot(NOTHING)
            assert not await one_more(slots)
            spawned = slots.occupied()
            with spawned:
                slots.release_slot(NOTHING)
                assert not await one_more(slots)
            assert await one_more(slots)
        assert not await one_more(slots), "it goes on"
    assert await one_more(slots)


async def test_who_waits_for_a_slot_gets_the_next_one_also_from_a_thread() -> None:
    slots = JobSlots(2)
    for _ in range(2):
        await slots.reserve_slot(NOTHING)
    waiting = {asyncio.ensure_future(slots.reserve_slot(NOTHING)) for _ in range(3)}
    await asyncio.sleep(0)
    assert not any(one.done() for one in waiting)
    while waiting:
        await asyncio.to_thread(slots.release_slot, NOTHING)
        served, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert len(served) == 1


async def test_no_job_is_asked_for_while_they_are_closed() -> None:
    slots = JobSlots(1)
    slots.close()
    assert not await one_more(slots)
    waiting = asyncio.ensure_future(slots.reserve_slot(NOTHING))
    await asyncio.sleep(0)
    assert not waiting.done()
    slots.open()
    await waiting
    assert not await one_more(slots)
