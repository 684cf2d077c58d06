"""A control process without an engine, its API, and a worker that is given jobs by hand."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from tasktrail.actions.log_block import AttemptLog
from tasktrail.actions.submit import Order, submit
from tasktrail.actions.work.held_job import HeldJob
from tasktrail.actions.work.terms import Terms
from tasktrail.actions.work.work_desk import WorkDesk
from tasktrail.api.server import HttpServer
from tasktrail.api.services import Services
from tasktrail.bootstrap import World, http_services, new_reference, open_world
from tasktrail.bootstrap.live_logs import open_shared_logs
from tasktrail.bootstrap.worker import own_ground, settle_last_life, tools_of
from tasktrail.model.access import Actor
from tasktrail.model.author import superadmin
from tasktrail.model.caller import LOCAL, Caller
from tasktrail.model.happening import CancelAsked, Happening, RetryDue, WorkerLost
from tasktrail.model.job import Job
from tasktrail.model.log_placement import LogPlacement
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status
from tasktrail.model.step import Step
from tasktrail.store.log_places import placement_of
from tasktrail.store.states import load_state
from tasktrail.store.task_views import view_task
from tasktrail.worker.job_run import JobRun, Tools
from tasktrail.worker.lease import Lease
from tasktrail.worker.work_api import ServerAddress, WorkApi

POOL = "eu-1"
SECRET = b"k" * 32


@dataclass
class ControlBench:
    """What people and workers ask of it, by short calls."""

    directory: Path
    world: World
    services: Services
    server: HttpServer
    key: str
    left: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue[bytes])
    """By what Temporal was told of jobs that have left their worker."""

    @property
    def operator(self) -> Actor:
        organization_id = self.world.installation.organization_id
        return Actor(author=superadmin(), organization_id=organization_id)

    @property
    def caller(self) -> Caller:
        return Caller(actor=self.operator, user_id=None, credential=LOCAL)

    async def spawned(self, task_id: int) -> list[int]:
        """The tasks that a task has spawned."""
        store = self.world.installation.decisions.store
        return (await store.read(lambda connection: view_task(connection, task_id))).spawned

    async def submit(self, jobs: str, **inputs: Any) -> int:
        """A new task of a runbook; its id."""
        own = self.world.installation
        file = self.directory / f"t{new_reference()}.yml"
        file.write_text("name: t\n" + textwrap.dedent(jobs))
        definition = await own.library.load(str(file), self.directory)
        order = Order(definition=definition, inputs=inputs)
        return await submit(own.decisions, own.library, self.operator, order)

    async def state(self, task_id: int) -> TaskState:
        store = self.world.installation.decisions.store
        return await store.read(lambda connection: load_state(connection, task_id))

    async def job(self, task_id: int, name: str = "main") -> Job:
        state = await self.state(task_id)
        return state.jobs[state.job_ids[name]]

    async def held(self, task_id: int, name: str = "main") -> HeldJob:
        """A job as Temporal gives it to a worker."""
        return HeldJob(task_id, (await self.job(task_id, name)).id, new_reference())

    async def happen(self, task_id: int, happening: Happening) -> None:
        await self.world.installation.decisions.happen(task_id, happening)

    async def retry(self, task_id: int, name: str) -> None:
        """Let the back-off of a step be over."""
        state = await self.state(task_id)
        step = next(one for one in state.steps.values() if one.name == name)
        await self.happen(task_id, RetryDue(step.id))

    async def lose(self, held: HeldJob) -> None:
        """Settle a job whose worker gave no sign of life."""
        await self.happen(held.task_id, WorkerLost(held.job_id, "r-1"))

    async def cancel(self, task_id: int, *, forced: bool = False) -> None:
        await self.happen(task_id, CancelAsked(by=superadmin(), forced=forced))

    async def is_at(self, task_id: int, status: Status, step: str | None = None) -> None:
        """Return once a task has a status, and with `step` once that step runs."""
        with self.world.installation.bulletin.changes_of(task_id) as changed:
            while True:
                changed.clear()
                state = await self.state(task_id)
                running = {
                    one.name for one in state.steps.values() if one.status is Status.IN_PROGRESS
                }
                if state.task.status is status and (step is None or step in running):
                    return
                await changed.wait()

    async def lines(self, state: TaskState, name: str, attempt: int = 1) -> list[str]:
        """The log of a step whose attempt has ended, as its readers see it."""
        step = _step_of(state, name)
        log = AttemptLog(step.id, attempt, state.jobs[step.job_id].name, name, ended=True)

        def read() -> list[str]:
            with self.world.logs.reading.open(state.task.id, log) as reader:
                return [line.text.decode() for line in reader.lines()]

        return await asyncio.to_thread(read)

    async def placement(self, state: TaskState, name: str, attempt: int = 1) -> LogPlacement | None:
        """Where the log of a step is kept as a finished one, once it is."""
        step, store = _step_of(state, name), self.world.installation.decisions.store
        return await store.read(lambda connection: placement_of(connection, step.id, attempt))

    def objects(self) -> list[Path]:
        """All that is in the log store."""
        return sorted(path for path in _archive(self.directory).rglob("*") if path.is_file())

    async def go_away(self) -> None:
        """Stop serving."""
        await self.server.close()

    async def come_back(self) -> None:
        """Serve again, at the same address."""
        services = replace(self.services, closing=type(self.services.closing)())
        self.server = HttpServer(services, self.server.url.removeprefix("http://"), version="test")
        await self.server.start()

    @asynccontextmanager
    async def worker(self, name: str = "worker") -> AsyncGenerator[Tools]:
        """What jobs are carried out with on another machine."""
        async with AsyncExitStack() as stack:
            ground = await own_ground(stack, self.directory / name)
            server = ServerAddress(self.server.url)
            api = await stack.enter_async_context(WorkApi(server, self.key))
            settle_last_life(stack, ground, api, self._left)
            yield tools_of(stack, ground, api, await api.myself(), 4, nullcontext)

    async def _left(self, token: bytes) -> None:
        await self.left.put(token)


@asynccontextmanager
async def control_bench(directory: Path) -> AsyncGenerator[ControlBench]:
    """One whose data are in `directory`."""
    async with AsyncExitStack() as stack:
        world = await _open_control(stack, directory)
        own = world.installation
        assert world.intake is not None
        terms = Terms(
            installation="here", namespace="default", payload_key=SECRET, log_cap=1_000_000
        )
        desk = WorkDesk(own.decisions, own.bulletin, world.intake, terms)
        services = replace(http_services(world), work=desk)
        server = HttpServer(services, "127.0.0.1:0", version="test")
        await server.start()
        actor = Actor(author=superadmin(), organization_id=own.organization_id)
        caller = Caller(actor=actor, user_id=None, credential=LOCAL)
        made = await own.identities.worker_keys.create(caller, pool=POOL)
        bench = ControlBench(directory, world, services, server, str(made.value.secret))
        yield bench
        await bench.server.close()


async def _open_control(stack: AsyncExitStack, directory: Path) -> World:
    """A world that takes in and reads logs as every control process does. Its records are in
    SQLite, so that no test has to start anything."""
    world = await stack.enter_async_context(open_world(directory / "data", engine=False))
    own = world.installation
    config = msgspec.structs.replace(own.config, log_store=str(_archive(directory)))
    logs = await open_shared_logs(stack, world.directory, config, own.decisions)
    return replace(
        world, installation=replace(own, logs=logs.reading), logs=logs, intake=logs.intake
    )


def _archive(directory: Path) -> Path:
    return directory / "archive"


def _step_of(state: TaskState, name: str) -> Step:
    return next(step for step in state.steps.values() if step.name == name)


async def carried_out(tools: Tools, held: HeldJob, lease: Lease | None = None) -> None:
    """The job, from its claim to its last report."""
    await JobRun(tools, held, lease or Lease()).carry_out()
