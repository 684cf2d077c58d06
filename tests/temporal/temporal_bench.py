"""An installation whose jobs are carried out by workers, and what tests do with it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.service import RPCError

from integration.engine.engine_bench import Bench
from tasktrail.actions.shared_installation import SharedInstallation
from tasktrail.bootstrap import World, open_world
from tasktrail.engine.temporal.calls import (
    LONGEST_HISTORY,
    TASK_WORKFLOW,
    TaskCall,
    control_queue,
    workflow_id,
)
from tasktrail.logs.log_intake import LogIntake
from tasktrail.model.orders import Orders
from tasktrail.store.engine_tables import outbox
from tasktrail.store.settings import Setting, keep_setting
from tasktrail.store.store import Store
from tasktrail.store.task_views import live_task_ids
from temporal.replaying import converter, replay
from temporal.tiny_worker import TinyWorker, working


class TemporalBench(Bench):
    """A control process in this one, with a tiny worker of the default pool."""

    def __init__(self, directory: Path, world: World, client: Client, worker: TinyWorker) -> None:
        super().__init__(directory, world)
        self.client = client
        self.worker = worker

    @property
    def own(self) -> SharedInstallation:
        """The installation."""
        assert self.world.own is not None
        return self.world.own

    @property
    def intake(self) -> LogIntake:
        """Where logs of workers arrive."""
        return intake_of(self.world)

    async def workflow_ended(self, task_id: int) -> None:
        """Return when the workflow of a task has ended well."""
        await self._workflow(task_id).result()

    async def until_looked_at(self, task_id: int) -> None:
        """Return once the workflow of a task has carried out what was to be done first."""
        workflow = self._workflow(task_id)
        while True:
            with suppress(RPCError):  # it is not there yet
                history = await workflow.fetch_history()
                if any(
                    event.HasField("workflow_task_completed_event_attributes")
                    for event in history.events
                ):
                    return
            await asyncio.sleep(0.02)  # the server tells nobody

    async def workflow_ids(self) -> list[int]:
        """The tasks of which there are workflows."""
        found = [
            one
            async for one in self.client.list_workflows(
                f'TaskQueue = "{control_queue(self.own.name)}"'
            )
        ]
        return sorted(int(one.id.rpartition("-")[2]) for one in found)

    async def start_workflow(
        self, task_id: int, *, longest_history: int = LONGEST_HISTORY, orders: Orders | None = None
    ) -> None:
        """Start the workflow of a task that has none."""
        await self.client.start_workflow(
            TASK_WORKFLOW,
            TaskCall(self.own.name, task_id, longest_history, orders=orders),
            id=workflow_id(self.own.name, task_id),
            task_queue=control_queue(self.own.name),
        )

    async def lose_workflow(self, task_id: int) -> None:
        """Let the server know nothing of a task any more."""
        await self._workflow(task_id).terminate()

    async def until_seen_closed(self, task_id: int) -> None:
        """Return once the server lists no open workflow of a task."""
        name = workflow_id(self.own.name, task_id)
        running = f'WorkflowId = "{name}" AND ExecutionStatus = "Running"'
        while True:
            if not [one async for one in self.client.list_workflows(running)]:
                return
            await asyncio.sleep(0.02)  # the server tells nobody

    async def forget_namespace(self) -> None:
        """Let it look as if the tasks had been in another namespace."""
        await self._store.write(
            lambda one: keep_setting(one.connection, Setting.NAMESPACE, "another")
        )

    async def runs_of(self, task_id: int) -> int:
        """How often the workflow of a task was started."""
        name = workflow_id(self.own.name, task_id)
        return len([one async for one in self.client.list_workflows(f'WorkflowId = "{name}"')])

    async def live_tasks(self) -> list[int]:
        """The tasks that have not ended."""
        return await self._store.read(live_task_ids)

    async def outbox_emptied(self) -> dict[int, int]:
        """What is in the outbox once what was answered is gone from it, or in the end."""
        give_up = time.monotonic() + 5
        while True:
            found = await self._store.read(_outbox)
            if not found or time.monotonic() > give_up:
                return found
            await asyncio.sleep(0.05)  # the database tells nobody

    async def replay_all(self) -> None:
        """Let the workflows of all tasks come to the same decisions once more."""
        for task_id in await self.workflow_ids():
            await replay(await self.workflow_history(task_id), self.own)

    async def workflow_history(self, task_id: int) -> WorkflowHistory:
        """All that the server knows of it."""
        return await self._workflow(task_id).fetch_history()

    @property
    def _store(self) -> Store:
        return self.world.installation.decisions.store

    def _workflow(self, task_id: int) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(workflow_id(self.own.name, task_id))


def settings(database: str, temporal: str, log_store: Path) -> str:
    """The config.toml of a control process."""
    records = f'engine = "temporal"\ndatabase = "{database}"\nlog_store = "{log_store}"\n'
    return f'{records}[temporal]\naddress = "{temporal}"\n'


@asynccontextmanager
async def control(
    directory: Path, database: str, temporal: str, log_store: Path | None = None
) -> AsyncGenerator[World]:
    """A control process with a data directory of its own, and a log store, if no other is given."""
    data = directory / "data"
    data.mkdir(parents=True, exist_ok=True)
    store = log_store or directory / "log-store"
    (data / "config.toml").write_text(settings(database, temporal, store))
    async with open_world(data, engine=True) as world:
        yield world


def intake_of(world: World) -> LogIntake:
    """Where logs of workers arrive at a control process."""
    assert world.intake is not None
    return world.intake


async def client_of(world: World, temporal: str) -> Client:
    """A client that reads what the installation has written."""
    assert world.own is not None
    return await Client.connect(temporal, data_converter=converter(world.own))


def _outbox(connection: Connection) -> dict[int, int]:
    found = connection.execute(select(outbox.c.task_id, outbox.c.mark))
    return {row.task_id: row.mark for row in found}


@asynccontextmanager
async def temporal_bench(
    directory: Path,
    database: str,
    temporal: str,
    *,
    pool: str = "default",
    log_store: Path | None = None,
) -> AsyncGenerator[TemporalBench]:
    """A control process and a tiny worker, in this process."""
    async with control(directory, database, temporal, log_store) as world:
        assert world.own is not None
        client = await client_of(world, temporal)
        async with working(client, world, pool) as worker:
            bench = TemporalBench(directory, world, client, worker)
            yield bench
            await bench.replay_all()
