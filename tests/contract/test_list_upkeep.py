"""Old tasks are summed up while tasks come."""

from __future__ import annotations

import asyncio
import random

import pytest
from crowd import Crowd
from store_bench import Bench
from test_sealed_lists import FAR, listed, segments

from tasktrail.engine.list_upkeep import ListUpkeep
from tasktrail.model.instant import Instant
from tasktrail.store.segment_summary import SEGMENT
from tasktrail.store.segments import MARGIN
from tasktrail.store.task_filter import TaskFilter
from tasktrail.store.visibility import Sight


async def test_what_is_there_is_sealed_and_then_what_comes(bench: Bench) -> None:
    crowd = Crowd(bench, random.Random(3))
    upkeep = ListUpkeep(bench.store, lambda: Instant(FAR * 2))
    sealed: list[int] = []
    for more in (SEGMENT + MARGIN, SEGMENT - MARGIN, MARGIN, 2 * SEGMENT):
        await crowd.grow(more)
        await upkeep.seal_all()
        sealed.append(await segments(bench))
    assert sealed == [1, 1, 2, 4]
    sight = Sight(bench.organization_id, None)
    page = await listed(bench, sight, TaskFilter(), 1, 1)
    assert page.total == len(crowd.expected(sight, TaskFilter()))


async def test_what_had_not_settled_is_sealed_though_nothing_new_comes(bench: Bench) -> None:
    now = bench.now
    upkeep = ListUpkeep(bench.store, lambda: now)
    await Crowd(bench, random.Random(4)).grow(SEGMENT + MARGIN)
    await upkeep.seal_all()
    assert await segments(bench) == 0, "the tasks are younger than the clock says"
    now = Instant(FAR * 2)
    await upkeep.seal_all()
    assert await segments(bench) == 1


async def test_a_defect_of_ours_is_logged_and_it_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    upkeep, looks = ListUpkeep(bench.store, lambda: bench.now), asyncio.Semaphore(0)

    async def failing() -> None:
        looks.release()
        raise RuntimeError("a defect of ours")

    monkeypatch.setattr(upkeep, "seal_all", failing)
    running = asyncio.ensure_future(upkeep.run(first_after=0, every=0))
    async with asyncio.timeout(30):
        for _ in range(3):
            await looks.acquire()
    running.cancel()
    assert "lists could not be prepared" in caplog.text
