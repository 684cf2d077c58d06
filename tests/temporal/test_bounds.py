"""How much of the work of a control process goes on at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from temporalio.client import Client

from integration.engine.engine_bench import Bench
from tasktrail.bootstrap import World, new_reference, open_world
from tasktrail.engine.temporal.calls import LookCall, workflow_id
from tasktrail.engine.temporal.control_side import ControlSide
from tasktrail.engine.temporal.looking import Looking
from tasktrail.engine.temporal.nudging import Nudging
from tasktrail.engine.temporal.open_workflows import OpenWorkflows
from tasktrail.model.orders import Orders
from temporal.temporal_bench import client_of, intake_of, settings

LOOKS, WORKFLOWS = 16, 32
TASKS = WORKFLOWS + 8


class HeldLooking(Looking):
    """Counts the looks that go on, and lets none end before a test says so."""

    going_on = 0
    most = 0
    enough: asyncio.Event
    release: asyncio.Event

    async def _orders(self, call: LookCall) -> Orders:
        self.going_on += 1
        self.most = max(self.most, self.going_on)
        if self.going_on == LOOKS:
            self.enough.set()
        await self.release.wait()
        self.going_on -= 1
        return await super()._orders(call)


@pytest.fixture
async def world(tmp_path: Path, database: str, temporal: str) -> AsyncIterator[World]:
    """A process that accepts tasks, and runs none of their workflows."""
    (tmp_path / "config.toml").write_text(settings(database, temporal, tmp_path / "logs"))
    async with open_world(tmp_path, engine=False) as world:
        yield world


async def test_a_control_process_takes_no_more_workflows_and_looks_than_it_can_do(
    world: World, temporal: str, tmp_path: Path
) -> None:
    assert world.own is not None
    decisions, name = world.installation.decisions, world.own.name
    client = await client_of(world, temporal)
    looking = HeldLooking(decisions, intake_of(world), name, new_reference, lambda _: None)
    looking.enough, looking.release = asyncio.Event(), asyncio.Event()
    control = ControlSide(
        client,
        partial(client_of, world, temporal),
        name,
        looking,
        Nudging(client, name, decisions.store),
        OpenWorkflows(client, name, decisions.store),
    )
    # Workflows that are told nothing have to look, as those that somebody else has left.
    decisions.subscribe(lambda decided: control.follow(replace(decided, orders=None)))
    bench = Bench(tmp_path, world)
    tasks = [
        await bench.submit("jobs: {main: {pool: nobody, steps: [{run: 'true'}]}}\n")
        for _ in range(TASKS)
    ]
    control.start()
    try:
        async with asyncio.timeout(60):
            await looking.enough.wait()
            taken = [await is_taken(client, workflow_id(name, task_id)) for task_id in tasks]
            assert LOOKS <= sum(taken) <= WORKFLOWS
            assert looking.going_on == LOOKS
            looking.release.set()
            for task_id in tasks:
                await until_looked_at(client, workflow_id(name, task_id))
        assert looking.most == LOOKS
    finally:
        looking.release.set()
        await control.stop()


async def is_taken(client: Client, name: str) -> bool:
    """Whether somebody is at the workflow."""
    history = await client.get_workflow_handle(name).fetch_history()
    return any(event.HasField("workflow_task_started_event_attributes") for event in history.events)


async def until_looked_at(client: Client, name: str) -> None:
    """Return once the workflow of a task has asked what is to be done."""
    while True:
        history = await client.get_workflow_handle(name).fetch_history()
        if any(event.HasField("marker_recorded_event_attributes") for event in history.events):
            return
        await asyncio.sleep(0.02)  # the server tells nobody
