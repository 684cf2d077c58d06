"""What a definition is to everybody who uses one, wherever it was loaded from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, Protocol

from tasktrail.model.plan import DefinitionSource, InputSpec, JsonValue, Rerunnable, TaskPlan

DefinitionKind = Literal["runbook", "pipeline", "python"]
"""What a definition is written in."""


class TaskDefinition(Protocol):
    """An operation that can be run: it declares inputs and makes a plan of their values.

    Inputs are given to `plan` and `rerun_inputs` as `resolve_inputs` returns them: complete, typed
    and checked.
    """

    @property
    def name(self) -> str:
        """The name in the catalog."""
        ...

    @property
    def title(self) -> str:
        """The title as it is written: a template that only names inputs."""
        ...

    @property
    def description(self) -> str:
        """What it does, for people who choose; may be empty."""
        ...

    @property
    def inputs(self) -> tuple[InputSpec, ...]:
        """The inputs in the order of the definition."""
        ...

    @property
    def rerunnable(self) -> Rerunnable:
        """Whether its tasks may be run again (M13, M15)."""
        ...

    @property
    def support(self) -> bool:
        """Whether support members may run it (M7)."""
        ...

    @property
    def projects(self) -> tuple[str, ...]:
        """Names of the projects that its tasks link, as written: templates that only name inputs.
        Others may be named with a submission."""
        ...

    @property
    def source(self) -> DefinitionSource:
        """Where it was loaded from."""
        ...

    @property
    def kind(self) -> DefinitionKind:
        """What it is written in."""
        ...

    def plan(self, inputs: Mapping[str, JsonValue]) -> TaskPlan:
        """What a task with these inputs will do.

        Raises:
            InvalidInputError: the values fit their types but make no valid plan.
            DefinitionError: the definition itself makes no valid plan.
        """
        ...

    def rerun_inputs(self, inputs: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        """The inputs of a task that repeats one that had `inputs` (the rerun hook, M14)."""
        ...


PythonLoader = Callable[[str, Path], TaskDefinition]
"""Loads the definition `module:function` with a directory first on the import path.

An engine gives one that runs none of the user's code in its own process.
"""
