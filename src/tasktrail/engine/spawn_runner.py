"""Steps that submit another task, and may wait for it (M17)."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

from tasktrail.errors import RefusedError
from tasktrail.model.outcome import Failed, Outcome, Succeeded, Warned
from tasktrail.model.plan import JsonValue, SpawnAction
from tasktrail.model.status import Status
from tasktrail.model.template import Template
from tasktrail.runners.step_call import SpawnRequest, StepCall, StepResult, Stream
from tasktrail.store.spawned import SPAWN_STEP_KEY


class SpawnedTasks(Protocol):
    """What a spawn step needs of the engine."""

    async def await_end(self, task_id: int, *, job_id: int) -> Status:
        """The final status of a task, once it has one; `job_id` is the job that waits for it."""
        ...

    async def cancel_spawned(self, origin_task_id: int, task_id: int, *, forced: bool) -> None:
        """Cancel a task for its origin; nothing happens when it has ended."""
        ...


class SpawnRunner:
    """Carries out spawn steps.

    A stop cancels the spawned task that is waited for, and ends when that one has. Its clean-up may
    take its time, unless the stop is forced, or a time limit's, whose grace is over.
    """

    def __init__(self, tasks: SpawnedTasks) -> None:
        self._tasks = tasks

    async def run(self, call: StepCall) -> StepResult:
        """Submit the task, and wait for it where the step says so."""
        action = call.action
        if not isinstance(action, SpawnAction) or call.spawn is None:
            raise TypeError(f"{type(action).__name__} is not a spawn")
        request = SpawnRequest(action.target, _values(action), key=SPAWN_STEP_KEY)
        try:
            task_id = await call.spawn(request)
        except RefusedError as refusal:
            return StepResult(outcome=Failed(message=f"cannot spawn {action.target}: {refusal}"))
        call.output.write(Stream.SYSTEM, f"spawned task {task_id}\n".encode())
        if not action.wait:
            return StepResult(outcome=Succeeded(outputs={"task_id": str(task_id)}))
        status, stopped = await self._wait(call, task_id)
        call.output.write(Stream.SYSTEM, f"task {task_id} is {status.label}\n".encode())
        return StepResult(outcome=_outcome(task_id, status), stopped=stopped)

    async def _wait(self, call: StepCall, task_id: int) -> tuple[Status, bool]:
        ended = asyncio.ensure_future(self._tasks.await_end(task_id, job_id=call.job_id))
        stopped = False
        try:
            for wait, forced in ((_asked, False), (_sharpened, True)):
                if not await _first(wait(call), ended):
                    break
                stopped = True
                await self._tasks.cancel_spawned(call.task_id, task_id, forced=forced)
            status = await ended
            # What was canceled because of a stop may have ended before the order came here.
            return status, stopped or (status is Status.CANCELED and call.stop.asked)
        finally:
            ended.cancel()


async def _first(order: Coroutine[Any, Any, None], ended: asyncio.Future[Status]) -> bool:
    """Whether a stop order comes before the end."""
    ordered = asyncio.ensure_future(order)
    try:
        await asyncio.wait((ordered, ended), return_when=asyncio.FIRST_COMPLETED)
        return not ended.done()
    finally:
        ordered.cancel()


async def _asked(call: StepCall) -> None:
    await call.stop.wait_asked()


async def _sharpened(call: StepCall) -> None:
    """Return once nothing of the spawned task may go on."""
    forced = asyncio.ensure_future(call.stop.wait_forced())
    too_late = asyncio.ensure_future(_grace_over(call))
    try:
        await asyncio.wait((forced, too_late), return_when=asyncio.FIRST_COMPLETED)
    finally:
        forced.cancel()
        too_late.cancel()


async def _grace_over(call: StepCall) -> None:
    await call.stop.wait_limited()
    await asyncio.sleep(call.grace)


def _values(action: SpawnAction) -> dict[str, JsonValue]:
    """The inputs; their templates were rendered when the call was made."""
    return {
        name: value.text if isinstance(value, Template) else value
        for name, value in action.inputs.items()
    }


def _outcome(task_id: int, status: Status) -> Outcome:
    outputs = {"task_id": str(task_id), "status": str(status)}
    match status:
        case Status.DONE:
            return Succeeded(outputs=outputs)
        case Status.DONE_WITH_WARNINGS:
            return Warned(message=f"task {task_id} is done with warnings", outputs=outputs)
        case _:
            return Failed(message=f"task {task_id} is {status.label}", outputs=outputs)
