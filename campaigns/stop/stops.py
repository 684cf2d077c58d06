"""One stop of one tree, from the submission to the verdict."""

from __future__ import annotations

import asyncio
import random
import time
from concurrent.futures import Executor
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from kinds import GRACE, LIMIT, target
from left_over import alive_for

from tasktrail.bootstrap import World
from tasktrail.local.shape import Accepted, Attempt, Task, read

_ALLOWED = GRACE + 1.0
"""Seconds that a stop may take."""
_STILL = 0.25
"""Seconds in which anything that goes on would have written several times."""
_READY_SECONDS = 30.0
_BY = {"author": "user", "user": {"id": 1, "name": "Campaign"}}


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the stops take place; `looker` looks for what is left."""

    world: World
    directory: Path
    looker: Executor


@dataclass(slots=True)
class Verdict:
    """What became of one stop. `seconds` is from the cancel, or the limit, to the final status."""

    kind: str
    how: str
    seconds: float = 0.0
    killed: bool = False
    left: int = 0
    growing: bool = False
    faults: list[str] = field(default_factory=list[str])

    @property
    def late(self) -> bool:
        """Whether it took longer than the grace and a second."""
        return self.seconds > _ALLOWED

    @property
    def well(self) -> bool:
        """Whether it is as promised."""
        return not (self.left or self.growing or self.late or self.faults)


async def stop_one(stage: Stage, number: int, kind: str, how: str) -> Verdict:
    """Start a tree of that kind, stop it in that way, and look at what is left."""
    world, directory = stage.world, stage.directory
    file = directory / f"{number}.pids"
    submitted = {"target": target(kind, how), "root": str(directory), "inputs": {"file": str(file)}}
    task_id = await _accepted(world, "submit", **submitted, forced=False, notBefore=None)
    verdict = Verdict(kind, how)
    if how.endswith("cancel"):
        await _until_it_writes(file)
        await asyncio.sleep(random.random() * 0.2)
        asked = time.time()
        await _accepted(world, "cancel", id=task_id, force=how == "forced cancel")
    else:
        asked = None
    task = await _ended(world, task_id)
    found = await asyncio.get_running_loop().run_in_executor(stage.looker, alive_for, file)
    verdict.left = len(found)
    size = file.stat().st_size if file.exists() else 0
    _judge(verdict, task, asked)
    await asyncio.sleep(_STILL)
    verdict.growing = size != (file.stat().st_size if file.exists() else 0)
    return verdict


def _judge(verdict: Verdict, task: Task, asked: float | None) -> None:
    expected = "canceled" if asked is not None else "timed_out"
    if task.status != expected:
        verdict.faults.append(f"is {task.status.label}")
    attempt = next(
        (step.attempts[-1] for job in task.jobs for step in job.steps if step.name == "Work"), None
    )
    if attempt is None or attempt.receipt is None:
        verdict.faults.append("has no receipt")
        return
    verdict.killed = bool(attempt.receipt.killed)
    if attempt.receipt.survived or attempt.receipt.proof is None:
        verdict.faults.append("has survivors in its receipt")
    verdict.seconds = _moment(task.ended_at) - (asked or _limit_of(verdict.how, task, attempt))


def _limit_of(how: str, task: Task, attempt: Attempt) -> float:
    return _moment(task.started_at if how == "task limit" else attempt.started_at) + LIMIT


def _moment(at: datetime | None) -> float:
    return at.timestamp() if at is not None else 0.0


async def _until_it_writes(file: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not (file.exists() and file.stat().st_size):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{file} was never written")
        await asyncio.sleep(0.02)


async def _ended(world: World, task_id: int) -> Task:
    wanted: dict[str, object] = {"id": task_id, "system": True}
    stream = world.operations.stream("watch", wanted)
    async with aclosing(cast("Any", stream)) as items:
        async for _ in items:
            pass
    return read(await world.operations.call("task", wanted), Task)


async def _accepted(world: World, operation: str, **arguments: Any) -> int:
    answer = await world.operations.call(operation, {**_BY, **arguments})
    return read(answer, Accepted).task_id
