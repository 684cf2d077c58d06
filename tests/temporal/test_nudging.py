"""How workflows are told, by a cluster that takes its time: nothing twice, and not all at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select, update
from temporalio.client import Client

from integration.engine.engine_bench import Bench
from tasktrail.bootstrap import open_world
from tasktrail.engine.temporal.calls import workflow_id
from tasktrail.engine.temporal.nudging import OVERDUE, Nudging
from tasktrail.store.engine_tables import outbox
from tasktrail.store.store import Store
from temporal.temporal_bench import settings

BOOK = "jobs: {main: {steps: [{run: 'true'}]}}\n"
AT_ONCE = 32
"""Nudges at a time, as the cluster has them."""


class SlowCluster:
    """Stands for a client of Temporal: takes what it is told, and answers when a test says so."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.answers = asyncio.Event()
        self.waiting = 0
        self.most_waiting = 0

    async def start_workflow(self, *_given: object, id: str, **_options: object) -> None:  # noqa: A002 - its name there
        self.told.append(id)
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        await self.answers.wait()
        self.waiting -= 1


class Told:
    """A process that accepts tasks, and tells the cluster of them."""

    def __init__(self, bench: Bench) -> None:
        own = bench.world.own
        assert own is not None
        self.name = own.name
        self.bench = bench
        self.cluster = SlowCluster()
        self.store: Store = bench.world.installation.decisions.store
        self.nudging = Nudging(cast("Client", cast("Any", self.cluster)), own.name, self.store)

    def workflows(self, *tasks: int) -> list[str]:
        """The ids of the workflows of tasks."""
        return [workflow_id(self.name, task_id) for task_id in tasks]

    async def overdue(self) -> None:
        """Have all that is in the outbox be there for so long that a sweep looks at it."""
        old = outbox.c.since - round((OVERDUE + 1) * 1_000_000)
        await self.store.write(lambda one: one.connection.execute(update(outbox).values(since=old)))

    async def waiting_since(self) -> dict[int, int]:
        """Since when what is in the outbox waits, by task."""
        found = await self.store.read(
            lambda one: one.execute(select(outbox.c.task_id, outbox.c.since)).all()
        )
        return {row.task_id: row.since for row in found}

    async def swept(self) -> None:
        """Return once a sweep has taken what is overdue, and has had the time to tell of it."""
        before = await self.waiting_since()
        async with asyncio.timeout(20):
            while True:
                now = await self.waiting_since()
                if all(now.get(task_id, since + 1) > since for task_id, since in before.items()):
                    break
                await asyncio.sleep(0.02)  # the database tells nobody
        await asyncio.sleep(0)

    async def emptied(self) -> None:
        """Return once nothing is left in the outbox."""
        async with asyncio.timeout(20):
            while True:
                if not await self.waiting_since():
                    return
                await asyncio.sleep(0.02)  # the database tells nobody


@pytest.fixture
async def told(tmp_path: Path, database: str) -> AsyncIterator[Told]:
    (tmp_path / "config.toml").write_text(settings(database, "127.0.0.1:1", tmp_path / "logs"))
    async with open_world(tmp_path, engine=False) as world:
        found = Told(Bench(tmp_path, world))
        yield found
        found.cluster.answers.set()
        await found.nudging.aclose()


@asynccontextmanager
async def sweeping(told: Told) -> AsyncGenerator[None]:
    sweep = asyncio.ensure_future(told.nudging.sweep_up())
    try:
        yield
    finally:
        sweep.cancel()


async def test_what_is_being_told_is_not_told_again_by_a_sweep(told: Told) -> None:
    told.bench.world.installation.decisions.subscribe(told.nudging.follow)
    task_id = await told.bench.submit(BOOK)
    async with sweeping(told):
        for _ in range(2):
            await told.overdue()
            await told.swept()
        assert told.cluster.told == told.workflows(task_id)
        told.cluster.answers.set()
        await told.emptied()
    assert told.cluster.told == told.workflows(task_id)


async def test_what_nobody_has_told_is_told_by_a_sweep_once(told: Told) -> None:
    task_id = await told.bench.submit(BOOK)
    told.cluster.answers.set()
    async with sweeping(told):
        await told.overdue()
        await told.emptied()
    assert told.cluster.told == told.workflows(task_id)


async def test_what_was_decided_while_its_task_was_told_is_told_too(told: Told) -> None:
    """The mark in the outbox is a newer one than that of which the cluster was told."""
    decisions = told.bench.world.installation.decisions
    decisions.subscribe(told.nudging.follow)
    task_id = await told.bench.submit(BOOK)
    await decisions.make(lambda ledger: ledger.show_all(task_id))
    told.cluster.answers.set()
    await told.emptied()
    assert told.cluster.told == told.workflows(task_id, task_id)


async def test_a_cluster_is_told_a_bounded_number_of_things_at_a_time(told: Told) -> None:
    told.bench.world.installation.decisions.subscribe(told.nudging.follow)
    tasks = [await told.bench.submit(BOOK) for _ in range(AT_ONCE + 10)]
    assert told.cluster.told == told.workflows(*tasks[:AT_ONCE])
    told.cluster.answers.set()
    await told.emptied()
    assert sorted(told.cluster.told) == sorted(told.workflows(*tasks))
    assert told.cluster.most_waiting == AT_ONCE
