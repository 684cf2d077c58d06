"""An operation that was written as a YAML runbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from tasktrail.definitions.definition import DefinitionKind
from tasktrail.definitions.inputs import input_text
from tasktrail.definitions.names import pool_name_problem
from tasktrail.definitions.workspace import with_workspace
from tasktrail.errors import InvalidInputError, Problem
from tasktrail.model.plan import (
    DefinitionSource,
    InputKind,
    InputSpec,
    JobPlan,
    JsonValue,
    Rerunnable,
    Resource,
    TaskPlan,
)
from tasktrail.model.template import references, render, text_of

_LONGEST_TITLE = 300
_ONE_INPUT = re.compile(r"\{\{\s*inputs\.(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """A definition read from a runbook file.

    `draft` is the plan in which titles, locks, projects and resources still hold references to
    inputs, and in which the system's own steps are missing.
    """

    inputs: tuple[InputSpec, ...]
    source: DefinitionSource
    draft: TaskPlan
    description: str = ""
    kind: DefinitionKind = "runbook"

    @property
    def name(self) -> str:
        """The name in the catalog."""
        return self.draft.definition

    @property
    def title(self) -> str:
        """The title as it is written."""
        return self.draft.title

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
        """The projects that its tasks link, as they are written."""
        return self.draft.projects

    def plan(self, inputs: Mapping[str, JsonValue]) -> TaskPlan:
        """What a task with these inputs will do.

        Raises:
            InvalidInputError: with these inputs a lock, project or resource would be empty.
        """
        filling = _Filling(self.inputs, inputs)
        plan = replace(
            self.draft,
            title=filling.line(self.draft.title),
            jobs=tuple(_filled_job(job, filling) for job in self.draft.jobs),
            locks=filling.names("lock", self.draft.locks),
            projects=filling.names("project", self.draft.projects),
            resources=tuple(filling.resource(resource) for resource in self.draft.resources),
        )
        filling.raise_if_any()
        return with_workspace(plan)

    def rerun_inputs(self, inputs: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        """The same inputs: a runbook has no rerun hook."""
        return inputs


class _Filling:
    """Puts the values of inputs where the draft names them; a value is never expanded again."""

    def __init__(self, specs: Iterable[InputSpec], inputs: Mapping[str, JsonValue]) -> None:
        shown = {spec.name for spec in specs if spec.kind is not InputKind.SECRET}
        self._inputs = {name: value for name, value in inputs.items() if name in shown}
        self._texts = {f"inputs.{name}": input_text(value) for name, value in self._inputs.items()}
        self._problems: list[Problem] = []

    def line(self, text: str) -> str:
        """`text` for people: one line of bounded length without control characters."""
        shown = _printable(" ".join(render(text_of(text), self._texts).split()))
        return shown if len(shown) <= _LONGEST_TITLE else f"{shown[: _LONGEST_TITLE - 3]}..."

    def names(self, what: str, texts: Iterable[str]) -> tuple[str, ...]:
        """Each of `texts` once."""
        return tuple(dict.fromkeys(self._required(what, text) for text in texts))

    def pool(self, text: str) -> str:
        """The pool of a job, which has to be called like one whatever the inputs are."""
        name = self._required("pool", text)
        problem = pool_name_problem(name) if name else None
        if problem is not None:
            field = next(iter(references(text)), "").removeprefix("inputs.") or None
            self._problems.append(Problem(f"the pool `{name[:60]}` {problem}", field=field))
        return name

    def resource(self, resource: Resource) -> Resource:
        """A resource whose id keeps the type of the input when it is nothing but an input."""
        if isinstance(resource.id, int):
            return resource
        only = _ONE_INPUT.fullmatch(resource.id.strip())
        value = self._inputs.get(only.group(1)) if only else None
        if isinstance(value, int) and not isinstance(value, bool):
            return Resource(resource.kind, value)
        return Resource(resource.kind, self._required(f"resource {resource.kind}", resource.id))

    def raise_if_any(self) -> None:
        """Refuse the inputs if something is missing."""
        if self._problems:
            raise InvalidInputError("an input is missing or wrong", problems=tuple(self._problems))

    def _required(self, what: str, text: str) -> str:
        for reference in references(text):
            if not self._texts[reference].strip():
                name = reference.removeprefix("inputs.")
                message = f"the {what} `{text}` needs a value for the input `{name}`"
                self._problems.append(Problem(message, field=name))
        return _printable(render(text_of(text), self._texts).strip())


def _filled_job(job: JobPlan, filling: _Filling) -> JobPlan:
    return replace(
        job,
        title=filling.line(job.title),
        locks=filling.names("lock", job.locks),
        pool=filling.pool(job.pool),
    )


def _printable(text: str) -> str:
    """Texts of a plan are shown on terminals, where control characters could do harm."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
