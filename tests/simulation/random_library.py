"""A catalog of random definitions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from simulation.random_plans import RandomDefinition
from tasktrail.actions.library import Library
from tasktrail.definitions.definition import TaskDefinition
from tasktrail.errors import ConflictError, NotFoundError
from tasktrail.model.plan import JsonValue, Limits, TaskPlan

MOST_PLANS = 150
"""A definition that spawns itself more than once would go on for ever."""


class RandomLibrary(Library):
    """Finds definitions by name, after some time, as threads do it in the real one."""

    def __init__(self, definitions: dict[str, RandomDefinition]) -> None:  # pyright: ignore[reportMissingSuperCall] - it would start threads
        self._definitions = definitions
        self._plans = 0

    async def load(self, target: str, root: Path) -> TaskDefinition:
        """See `Library.load`."""
        await _some_time()
        if target not in self._definitions:
            raise NotFoundError(f"there is no definition {target!r}")
        return self._definitions[target]

    async def plan(self, definition: TaskDefinition, values: Mapping[str, JsonValue]) -> TaskPlan:
        """See `Library.plan`."""
        await _some_time()
        self._plans += 1
        if self._plans > MOST_PLANS:
            raise ConflictError("there are tasks enough")
        return definition.plan(values).within(Limits())

    async def rerun_inputs(
        self, definition: TaskDefinition, inputs: Mapping[str, JsonValue]
    ) -> Mapping[str, JsonValue]:
        """See `Library.rerun_inputs`."""
        await _some_time()
        return definition.rerun_inputs(inputs)


async def _some_time() -> None:
    await asyncio.get_running_loop().run_in_executor(None, lambda: None)
