"""A runbook file, read as a whole: everything that is wrong with it comes at once."""

from __future__ import annotations

from pathlib import Path

from tasktrail.definitions.environment import read_environment
from tasktrail.definitions.input_specs import read_inputs
from tasktrail.definitions.names import definition_name_problem
from tasktrail.definitions.problem_report import ProblemReport
from tasktrail.definitions.references import ReferenceScope, checked_text
from tasktrail.definitions.runbook import Runbook
from tasktrail.definitions.runbook_jobs import read_jobs
from tasktrail.definitions.section import Section
from tasktrail.definitions.yaml_tree import MapNode, ScalarNode
from tasktrail.model.plan import (
    DefinitionSource,
    InputKind,
    Rerunnable,
    Resource,
    TaskPlan,
)

KEYS = (
    "name",
    "title",
    "description",
    "inputs",
    "env",
    "timeout",
    "grace",
    "rerunnable",
    "locks",
    "fail_fast",
    "projects",
    "resources",
    "support",
    "jobs",
)
"""The keys of the task, each described in docs/runbook-reference.md."""

_ONLY_RECORDED = "immediate tasks have nothing to execute: they are made with `tasktrail record`"
_MISPLACED = {
    "silent": _ONLY_RECORDED,
    "immediate": _ONLY_RECORDED,
    "steps": "steps belong to a job: `jobs: {build: {steps: [...]}}`",
    "run": "commands belong to a step of a job: `jobs: {build: {steps: [...]}}`",
    "retry": "retries belong to a step",
}


def read_runbook(root: MapNode, path: Path, report: ProblemReport) -> Runbook:
    """The runbook in the absolute `path`, of which `root` is the tree.

    Raises:
        DefinitionError: with everything that is wrong with it.
    """
    runbook = Section(root, report)
    runbook.allow_only(KEYS, _MISPLACED)
    specs = read_inputs(runbook)
    inputs = {spec.name: spec for spec in specs}
    name = _read_name(runbook)
    source = DefinitionSource(target=str(path), root=str(path.parent))
    draft = TaskPlan(
        definition=name,
        title=_read_title(runbook, name, ReferenceScope(inputs, at_plan=True)),
        jobs=read_jobs(runbook, inputs, str(path.parent)),
        source=source,
        timeout=runbook.duration("timeout"),
        grace=runbook.duration("grace", zero=True),
        env=read_environment(runbook, ReferenceScope(inputs)),
        locks=_read_texts(runbook, "locks", ReferenceScope(inputs, at_plan=True)),
        fail_fast=runbook.flag("fail_fast"),
        rerunnable=runbook.choice("rerunnable", Rerunnable.FAILED),
        support=runbook.flag("support"),
        projects=_read_texts(runbook, "projects", ReferenceScope(inputs, at_plan=True)),
        resources=_read_resources(runbook, ReferenceScope(inputs, at_plan=True)),
        secret_inputs=tuple(spec.name for spec in specs if spec.kind is InputKind.SECRET),
    )
    description = runbook.text("description")
    report.raise_if_any()
    return Runbook(inputs=specs, source=source, draft=draft, description=description)


def _read_name(runbook: Section) -> str:
    scalar = runbook.scalar("name")
    if scalar is None:
        if not runbook.has("name"):
            runbook.note("`name` is missing", key="name", hint="name: deploy-shop")
        return ""
    problem = definition_name_problem(scalar.text)
    if problem is not None:
        runbook.note(f"`name` {problem}", scalar.place, key="name")
    return scalar.text


def _read_title(runbook: Section, name: str, scope: ReferenceScope) -> str:
    scalar = runbook.scalar("title")
    if scalar is None:
        return name
    checked_text(runbook, "title", scalar, scope)
    return scalar.text


def _read_texts(runbook: Section, key: str, scope: ReferenceScope) -> tuple[str, ...]:
    scalars = runbook.scalars(key)
    for scalar in scalars:
        checked_text(runbook, key, scalar, scope)
        if not scalar.text.strip():
            runbook.note(f"`{key}` has an empty text", scalar.place, key=key)
    return tuple(scalar.text for scalar in scalars)


def _read_resources(runbook: Section, scope: ReferenceScope) -> tuple[Resource, ...]:
    resources: list[Resource] = []
    for index, node in enumerate(runbook.items("resources")):
        path = f"resources[{index}]"
        if isinstance(node, MapNode):
            resources.append(_read_resource(Section(node, runbook.report, path), scope))
        else:
            runbook.report.add(
                "a resource must be a mapping",
                node.place,
                field=path,
                hint="{kind: cluster, id: 7}",
            )
    return tuple(resources)


def _read_resource(section: Section, scope: ReferenceScope) -> Resource:
    section.allow_only(("kind", "id"))
    for key in ("kind", "id"):
        if not section.has(key):
            section.note(f"a resource needs `{key}`", key=key, hint="{kind: cluster, id: 7}")
    identifier = section.scalar("id")
    if identifier is not None:
        checked_text(section, "id", identifier, scope)
    return Resource(section.text("kind"), _identifier(identifier))


def _identifier(scalar: ScalarNode | None) -> int | str:
    if scalar is None:
        return ""
    if isinstance(scalar.value, int) and not isinstance(scalar.value, bool):
        return scalar.value
    return scalar.text
