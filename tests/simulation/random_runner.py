"""Steps without processes: what becomes of them, and how they take a stop, is left to chance."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

from simulation.attempt_watch import AttemptWatch, Running
from simulation.traits import Traits
from tasktrail.errors import TasktrailError
from tasktrail.model.outcome import Canceled, Errored, Failed, Outcome, Succeeded, Warned
from tasktrail.model.plan import PythonAction, SystemAction
from tasktrail.model.receipt import Means, ProcessNote, TerminationReceipt
from tasktrail.runners.step_call import SpawnRequest, StepCall, StepResult, StepRunner, Stream
from tasktrail.runners.system import SystemRunner

_QUICK = (0.0, 0.001, 0.01)
_SLOW = (0.1, 0.3, 1.0, 1.0, 5.0, 60.0, 1e9)


class RandomRunner:
    """Carries out commands, functions and the system's own steps."""

    def __init__(self, watch: AttemptWatch, chance: Random, traits: Traits) -> None:
        self._watch = watch
        self._chance = chance
        self._traits = traits

    async def run(self, call: StepCall) -> StepResult:
        """See `StepRunner`."""
        running = self._watch.begin(call)
        how = "it is cut off"
        try:
            result = await self._carry_out(call, running)
            how = f"{'stopped' if result.stopped else type(result.outcome).__name__.lower()}"
        except RuntimeError:
            how = "it raises"
            raise
        finally:
            self._watch.end(running, how)
        return result

    async def _carry_out(self, call: StepCall, running: Running) -> StepResult:
        if self._chance.random() < 0.05:
            call.output.write(Stream.STDOUT, b"some line\n" * self._chance.randint(1, 5))
        if isinstance(call.action, PythonAction) and call.action.function == "spawns":
            await self._spawn(call)
        with suppress(TimeoutError):
            await asyncio.wait_for(call.stop.wait_asked(), self._duration(call))
            return await self._stop(call)
        return StepResult(outcome=self._outcome(call))

    def _duration(self, call: StepCall) -> float:
        own = isinstance(call.action, SystemAction)
        slow = not own and self._chance.random() < self._traits.slow
        return self._chance.choice(_SLOW if slow else _QUICK)

    async def _spawn(self, call: StepCall) -> None:
        assert call.spawn is not None
        assert isinstance(call.action, PythonAction)
        target = str(call.action.arguments["target"])
        for number in range(self._chance.randint(1, 2)):
            with suppress(TasktrailError):
                found = [
                    await call.spawn(SpawnRequest(target, {}, key=f"k{number}"))
                    for _ in range(self._chance.choice((1, 1, 2)))
                ]
                assert len(set(found)) == 1, "the same key gave two tasks"

    async def _stop(self, call: StepCall) -> StepResult:
        chance = self._chance
        way = chance.random()
        if way < 0.5:
            await asyncio.sleep(chance.choice((0.0, 0.01, min(call.grace, 0.5))))
            return _stopped()
        if way < 0.65:  # it ended by itself before the stop arrived
            await asyncio.sleep(chance.choice((0.0, 0.01)))
            return StepResult(outcome=self._outcome(call))
        with suppress(TimeoutError):
            await asyncio.wait_for(call.stop.wait_forced(), call.grace)
        await asyncio.sleep(chance.choice((0.0, 0.05)))
        return _stopped(survived=way > 0.95)

    def _outcome(self, call: StepCall) -> Outcome:
        chance = self._chance
        failing = self._traits.failing
        if isinstance(call.action, SystemAction):
            failing /= 5
        if chance.random() >= failing:
            return Succeeded(outputs={"key": "value"} if chance.random() < 0.2 else {})
        match chance.randrange(4):
            case 0:
                return Warned(message="look at this")
            case 1:
                return Failed(message="it did not succeed", exit_code=1)
            case 2:
                return Errored(message="it could not be carried out", reference="r")
            case _:
                raise RuntimeError("a runner must not raise, but does")


class RandomSystem(SystemRunner):
    """The system's own steps, and the workspace that is made before its step."""

    def __init__(self, steps: RandomRunner, chance: Random, traits: Traits) -> None:  # pyright: ignore[reportMissingSuperCall] - nothing of the real one is used
        self._steps = steps
        self._chance = chance
        self._traits = traits

    async def run(self, call: StepCall) -> StepResult:
        """See `StepRunner`."""
        return await self._steps.run(call)

    def prepared(self, workspace: Path) -> Outcome:
        """See `SystemRunner.prepared`."""
        if self._chance.random() < self._traits.failing / 10:
            return Errored(message="there is no place for a workspace", reference="r")
        return Succeeded()

    def removed(self, workspace: Path) -> Outcome | None:
        """See `SystemRunner.removed`."""
        return Succeeded() if self._chance.random() < 0.5 else None


class WatchedRunner:
    """Carries out what another runner does, under the same eyes."""

    def __init__(self, runner: StepRunner, watch: AttemptWatch, met: Callable[[str], None]) -> None:
        self._runner = runner
        self._watch = watch
        self._met = met

    async def run(self, call: StepCall) -> StepResult:
        """See `StepRunner`."""
        running = self._watch.begin(call)
        self._met("spawn steps")
        try:
            return await self._runner.run(call)
        finally:
            self._watch.end(running, "spawn step over")


def _stopped(*, survived: bool = False) -> StepResult:
    left = (ProcessNote(1, "undying"),) if survived else ()
    return StepResult(
        outcome=Canceled(message="stopped"),
        stopped=True,
        receipt=TerminationReceipt(
            means=(Means.MARKER,), survived=left, proof=None if survived else "simulated"
        ),
    )
