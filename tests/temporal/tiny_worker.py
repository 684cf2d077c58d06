"""A worker that starts no process: what a step does, and what becomes of it, is in its command."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from tasktrail.actions.assignment import Assignment, claim_job, end_step
from tasktrail.actions.await_end import await_end
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.submit_spawned import SpawnWish, submit_spawned
from tasktrail.bootstrap import World
from tasktrail.engine.temporal.calls import CARRY_OUT_JOB, JobAnswer, JobCall, pool_queue
from tasktrail.model.happening import StepEnded
from tasktrail.model.outcome import Errored, Failed, Outcome, Succeeded
from tasktrail.model.plan import CommandAction, SpawnAction
from tasktrail.model.standing_stops import standing_stops
from tasktrail.model.status import Status
from tasktrail.model.step import Step
from tasktrail.store.spawned import SPAWN_STEP_KEY
from tasktrail.store.states import load_state


class TinyWorker:
    """Carries out jobs by these commands:

    true, false, break (a system error), wait (until it is stopped), hold (until `release`), leave
    (ends the job without a word), freeze (gives no more signs of life); some with `once`, for the
    first attempt.
    """

    def __init__(self, world: World) -> None:
        self.claimed: list[str] = []
        """The jobs that were claimed, by name, in order."""
        self.given: list[JobCall] = []
        self.held = asyncio.Event()
        self.release = asyncio.Event()
        self.breaks = 0
        """How many times it breaks before it claims a job."""
        self.whole = asyncio.Event()
        """It has broken so many times."""
        self._world = world
        self._decisions = world.installation.decisions

    @activity.defn(name=CARRY_OUT_JOB)
    async def carry_out(self, call: JobCall) -> JobAnswer | None:
        """Claim the job, and end its steps one after another."""
        self.given.append(call)
        if self.breaks:
            self.breaks -= 1
            if not self.breaks:
                self.whole.set()
            raise RuntimeError("broken before the claim")
        assignment = await self.claim(call)
        if assignment is None:
            return None
        self.claimed.append(assignment.job.name)
        step: Step | None = assignment.first_step
        task_ended = False
        while step is not None:
            outcome = await self._outcome(assignment, step)
            if outcome is None:
                return None
            step, task_ended = await self._end(assignment, step, outcome)
        return JobAnswer(task_ended=True) if task_ended else None

    async def claim(self, call: JobCall) -> Assignment | None:
        """Take a job that was given; None when it is not to be had any more."""

        def claimed(ledger: Ledger) -> Assignment | None:
            return claim_job(ledger, call.task_id, call.job_id, call.claim)

        return await self._decisions.make(claimed)

    async def _end(
        self, assignment: Assignment, step: Step, outcome: Outcome
    ) -> tuple[Step | None, bool]:
        """The step that is next, and whether the task has ended."""
        ended = StepEnded(
            job_id=assignment.job.id,
            claim=assignment.claim,
            step_id=step.id,
            attempt=step.attempts,
            outcome=outcome,
        )
        task_id = assignment.task.id

        def end(ledger: Ledger) -> tuple[Step | None, bool]:
            following = end_step(ledger, task_id, ended)
            return following, ledger.state(task_id).task.status.final

        return await self._decisions.make(end)

    async def _outcome(self, assignment: Assignment, step: Step) -> Outcome | None:
        action = assignment.step_plan(step).action
        if isinstance(action, SpawnAction):
            return await self._spawned(assignment, step, action)
        command = action.run if isinstance(action, CommandAction) else "true"
        if command.endswith(" once"):
            command = command.removesuffix(" once") if step.attempts == 1 else "true"
        match command:
            case "false":
                return Failed(message="exit code 1", exit_code=1)
            case "break":
                return Errored(message="broken", reference="r-1")
            case "wait":
                return await self._stopped(step)
            case "hold":
                self.held.set()
                await self._alive(self.release)
            case "leave":
                return None
            case "freeze":
                await asyncio.Event().wait()
            case _:
                pass
        return Succeeded()

    async def _spawned(
        self, assignment: Assignment, step: Step, action: SpawnAction
    ) -> Outcome | None:
        """Submit a task, and wait for its end."""
        own = self._world.installation
        wish = SpawnWish(
            origin=assignment.task,
            step_id=step.id,
            key=SPAWN_STEP_KEY,
            target=action.target,
            root=action.root,
            inputs={},
        )
        task_id = await submit_spawned(own.decisions, own.library, wish)
        ending = asyncio.ensure_future(await_end(own.decisions.store, own.bulletin, task_id))
        while not ending.done():
            activity.heartbeat()
            # A stop has the spawned task canceled: then this ends with it.
            with suppress(asyncio.CancelledError):
                await asyncio.wait([ending], timeout=0.1)
        if (await ending) is Status.DONE:
            return Succeeded()
        return await self._ordered(step) or Failed(message="the spawned task did not end well")

    async def _ordered(self, step: Step) -> Outcome | None:
        """What a step is to come to that is to be stopped."""
        state = await self._decisions.store.read(lambda one: load_state(one, step.task_id))
        stops = (one.outcome for one in standing_stops(state) if one.step_id == step.id)
        return next(stops, None)

    async def _stopped(self, step: Step) -> Outcome | None:
        self.held.set()
        try:
            await self._alive(asyncio.Event())
        except asyncio.CancelledError:
            return await self._ordered(step)
        raise AssertionError("nothing sets that event")

    async def _alive(self, event: asyncio.Event) -> None:
        """Wait for an event, and give signs of life meanwhile."""
        waiting = asyncio.ensure_future(event.wait())
        try:
            while not (await asyncio.wait([waiting], timeout=0.1))[0]:
                activity.heartbeat()
        finally:
            waiting.cancel()


@asynccontextmanager
async def working(
    client: Client, world: World, pool: str = "default"
) -> AsyncGenerator[TinyWorker]:
    """A tiny worker that works."""
    assert world.own is not None
    tiny = TinyWorker(world)
    async with Worker(
        client,
        task_queue=pool_queue(world.own.name, pool),
        activities=[tiny.carry_out],
        max_heartbeat_throttle_interval=timedelta(seconds=0.1),
        default_heartbeat_throttle_interval=timedelta(seconds=0.1),
    ):
        yield tiny
