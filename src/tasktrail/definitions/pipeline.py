"""An operation that was written as a Wodby CI pipeline file (M20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from msgspec.structs import replace

from tasktrail.definitions.definition import DefinitionKind
from tasktrail.definitions.workspace import with_workspace
from tasktrail.model.plan import (
    DefinitionSource,
    InputKind,
    InputSpec,
    JobPlan,
    JsonValue,
    Rerunnable,
    TaskPlan,
)

WORKFLOW_INPUT = "workflow"
"""The input that chooses among the workflows of a file; the first one is the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """A definition read from a pipeline file.

    `draft` is the plan with all jobs of the file and no order among them. A workflow runs its jobs
    one after another, in the order in which it names them. A file without workflows (such as
    post-deployment scripts) runs all of its jobs in parallel.
    """

    source: DefinitionSource
    draft: TaskPlan
    workflows: Mapping[str, tuple[str, ...]]
    description: str = ""
    kind: DefinitionKind = "pipeline"

    @property
    def name(self) -> str:
        """The name in the catalog."""
        return self.draft.definition

    @property
    def title(self) -> str:
        """The title as a template."""
        if self.workflows:
            return f"{self.name}: {{{{ inputs.{WORKFLOW_INPUT} }}}}"
        return self.name

    @property
    def inputs(self) -> tuple[InputSpec, ...]:
        """The choice of a workflow, when the file has any."""
        if not self.workflows:
            return ()
        names = tuple(self.workflows)
        return (
            InputSpec(
                name=WORKFLOW_INPUT,
                kind=InputKind.CHOICE,
                required=False,
                default=names[0],
                choices=names,
                description="The workflow to run",
            ),
        )

    @property
    def rerunnable(self) -> Rerunnable:
        """Whether its tasks may be run again."""
        return self.draft.rerunnable

    @property
    def support(self) -> bool:
        """Whether support members may run it."""
        return self.draft.support

    @property
    def projects(self) -> tuple[str, ...]:
        """None: projects are named with a submission."""
        return self.draft.projects

    def plan(self, inputs: Mapping[str, JsonValue]) -> TaskPlan:
        """What a task that runs the chosen workflow will do."""
        if not self.workflows:
            return with_workspace(self.draft)
        workflow = str(inputs[WORKFLOW_INPUT])
        jobs = self._in_order(self.workflows[workflow])
        return with_workspace(replace(self.draft, title=f"{self.name}: {workflow}", jobs=jobs))

    def rerun_inputs(self, inputs: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        """The same inputs: a pipeline has no rerun hook."""
        return inputs

    def _in_order(self, names: tuple[str, ...]) -> tuple[JobPlan, ...]:
        before = chain([()], ((name,) for name in names))
        return tuple(
            replace(self.draft.job(name), after=after)
            for name, after in zip(names, before, strict=False)
        )
