"""Python definitions for those who use one like any other, and never load its code themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tasktrail.actions.definition_host import DefinitionHost
from tasktrail.definitions.definition import DefinitionKind, TaskDefinition
from tasktrail.definitions.python.host_messages import (
    Answer,
    Describe,
    Description,
    MakePlan,
    MakeRerunInputs,
    Planned,
    Question,
    RerunInputs,
)
from tasktrail.model.plan import DefinitionSource, InputSpec, JsonValue, Rerunnable, TaskPlan

_Ask = Callable[[Question], Answer]


class HostedPython:
    """Loads definitions through the host.

    `load`, and what its definitions offer, wait for the host, so they are called from threads
    beside the event loop that it was made in; `found` and `planned` are for that loop itself.
    """

    def __init__(self, host: DefinitionHost) -> None:
        self._host = host
        self._loop = asyncio.get_running_loop()

    def load(self, target: str, root: Path) -> TaskDefinition:
        """A `PythonLoader`; raises as `DefinitionHost.ask`."""
        return self._definition(self._ask(Describe(target, str(root))))

    async def found(self, target: str, root: Path) -> TaskDefinition:
        """As `load`, in the event loop."""
        return self._definition(await self._host.ask(Describe(target, str(root))))

    async def planned(
        self, definition: HostedDefinition, inputs: Mapping[str, JsonValue]
    ) -> TaskPlan:
        """As `definition.plan`, in the event loop."""
        return _plan_in(await self._host.ask(definition.question(inputs)))

    def _definition(self, found: Answer) -> HostedDefinition:
        assert isinstance(found, Description)
        return HostedDefinition(
            name=found.name,
            title=found.title,
            description=found.description,
            inputs=found.inputs,
            rerunnable=found.rerunnable,
            support=found.support,
            source=found.source,
            ask=self._ask,
        )

    def _ask(self, question: Question) -> Answer:
        return asyncio.run_coroutine_threadsafe(self._host.ask(question), self._loop).result()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedDefinition:
    """A TaskDefinition. What it declares is of the time it was loaded, plans are of now."""

    name: str
    title: str
    description: str
    inputs: tuple[InputSpec, ...]
    rerunnable: Rerunnable
    support: bool
    source: DefinitionSource
    kind: DefinitionKind = "python"
    projects: tuple[str, ...] = ()
    ask: _Ask = field(repr=False)

    def plan(self, inputs: Mapping[str, JsonValue]) -> TaskPlan:
        """What a task with these inputs will do; raises as `DefinitionHost.ask`."""
        return _plan_in(self.ask(self.question(inputs)))

    def question(self, inputs: Mapping[str, JsonValue]) -> MakePlan:
        """What the host is asked for a plan."""
        return MakePlan(*self._place, dict(inputs))

    def rerun_inputs(self, inputs: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        """The inputs of a rerun; raises as `DefinitionHost.ask`."""
        made = self.ask(MakeRerunInputs(*self._place, dict(inputs)))
        assert isinstance(made, RerunInputs)
        return made.inputs

    @property
    def _place(self) -> tuple[str, str]:
        return self.source.target, self.source.root or "/"


def _plan_in(answer: Answer) -> TaskPlan:
    assert isinstance(answer, Planned)
    return answer.plan
