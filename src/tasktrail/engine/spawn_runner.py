"""Steps that submit another task, and may wait for it (M17)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from tasktrail.errors import RefusedError
from tasktrail.model.outcome import Failed, Outcome, Succeeded, Warned
from tasktrail.model.plan import JsonValue, SpawnAction
from tasktrail.model.status import Status
from tasktrail.model.template import Template
from tasktrail.runners.step_call import SpawnRequest, StepCall, StepResult, Stream
from tasktrail.store.spawned import SPAWN_STEP_KEY


class SpawnedTasks(Protocol):
    """What a spawn step needs of the engine."""

    async def await_end(self, task_id: int) -> Status:
        """The final status of a task, once it has one."""
        ...

    async def cancel_spawned(self, origin_task_id: int, task_id: int, *, forced: bool) -> None:
        """Cancel a task for its origin; nothing happens when it has ended."""
        ...


class SpawnRunner:
    """Carries out spawn steps. A stop cancels the spawned task that is waited for, and ends when
    that one has."""

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
        ended = asyncio.ensure_future(self._tasks.await_end(task_id))
        stopped = False
        try:
            for wait, forced in ((call.stop.wait_asked, False), (call.stop.wait_forced, True)):
                if not await _first(wait, ended):
                    break
                stopped = True
                await self._tasks.cancel_spawned(call.task_id, task_id, forced=forced)
            return await ended, stopped
        finally:
            ended.cancel()


async def _first(wait: Callable[[], Awaitable[None]], ended: asyncio.Future[Status]) -> bool:
    """Whether a stop order comes before the end."""
    ordered = asyncio.ensure_future(wait())
    try:
        await asyncio.wait((ordered, ended), return_when=asyncio.FIRST_COMPLETED)
        return not ended.done()
    finally:
        ordered.cancel()


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
