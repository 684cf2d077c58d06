"""What a runner is given to carry out one attempt at a step, and what it gives back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tasktrail.model.outcome import Outcome
from tasktrail.model.plan import Action, JsonValue, StepLimits
from tasktrail.model.receipt import TerminationReceipt
from tasktrail.model.stream import Stream


class OutputSink(Protocol):
    """Takes the output of a process tree as it is read, in arrival order."""

    def write(self, stream: Stream, chunk: bytes) -> None:
        """Keep `chunk`; on return it is with the operating system. Never raises for a full disk:
        the sink notes the loss and goes on, so that the pipe is always drained."""
        ...


@dataclass(frozen=True, slots=True)
class SpawnRequest:
    """A Python step asks for another task."""

    target: str
    inputs: Mapping[str, JsonValue]
    key: str
    """Unique within the step; the same key gives the same task when a step is repeated."""


class StopOrder:
    """Tells a runner to stop its attempt; may be sharpened, never taken back."""

    __slots__ = ("_asked", "_forced", "_limited", "_watchers")

    def __init__(self) -> None:
        self._asked = False
        self._limited = False
        self._forced = False
        self._watchers: list[Callable[[], None]] = []

    @property
    def asked(self) -> bool:
        """Whether a stop was asked for."""
        return self._asked

    @property
    def forced(self) -> bool:
        """Whether the grace is to be skipped."""
        return self._forced

    def ask(self, *, limit: bool = False, force: bool = False) -> None:
        """Ask for a stop, because of a time limit or not; with `force` without grace. Idempotent.

        A runner that asks others to stop has to force them once the grace after a limit is over.
        """
        self._asked = True
        self._limited = self._limited or limit
        self._forced = self._forced or force
        for told in tuple(self._watchers):
            told()

    def watch(self, told: Callable[[], None]) -> None:
        """Call `told` at every further `ask`; it may come several times."""
        self._watchers.append(told)

    async def wait_asked(self) -> None:
        """Return once a stop is asked for."""
        await self._wait(lambda: self._asked)

    async def wait_limited(self) -> None:
        """Return once a time limit asks for the stop."""
        await self._wait(lambda: self._limited)

    async def wait_forced(self) -> None:
        """Return once the stop is forced."""
        await self._wait(lambda: self._forced)

    async def _wait(self, come: Callable[[], bool]) -> None:
        if come():
            return
        told = asyncio.get_running_loop().create_future()

        def look() -> None:
            if come() and not told.done():
                told.set_result(None)

        self._watchers.append(look)
        try:
            await told
        finally:
            self._watchers.remove(look)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCall:
    """One attempt at a step, ready to be carried out: templates resolved, environment complete.

    `marker` is unique to the attempt and is put into the environment of every process of it.
    `spawn` submits a task for a Python step and returns its id.
    """

    task_id: int
    job_id: int
    job_name: str
    step_id: int
    step_name: str
    attempt: int
    action: Action
    environment: Mapping[str, str]
    workspace: Path
    working_directory: Path
    outputs_file: Path
    marker: str
    stop_signal: str
    grace: float
    output: OutputSink
    limits: StepLimits | None = None
    stop: StopOrder = field(default_factory=StopOrder)
    inputs: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    spawn: Callable[[SpawnRequest], Awaitable[int]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """How an attempt ended.

    `stopped` is true when the stop order ended it: then `outcome` is ignored by the caller, who
    knows why the stop was ordered. It is false for an attempt that ended by itself before the stop
    arrived.
    """

    outcome: Outcome
    stopped: bool = False
    receipt: TerminationReceipt | None = None


class StepRunner(Protocol):
    """Carries out one kind of action."""

    async def run(self, call: StepCall) -> StepResult:
        """Carry out `call` and return when nothing of it is left running.

        Raises nothing for what goes wrong with the step: that is an outcome.
        """
        ...
