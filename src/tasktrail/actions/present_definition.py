"""Definitions as JSON."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from tasktrail.definitions.catalog import Listing
from tasktrail.definitions.definition import TaskDefinition
from tasktrail.definitions.workspace import RESERVED_STEP_NAMES
from tasktrail.errors import RefusedError
from tasktrail.model.graph import needs_without
from tasktrail.model.plan import InputKind, InputSpec, JobPlan, JsonValue

_SAMPLES: dict[InputKind, JsonValue] = {
    InputKind.SECRET: "",
    InputKind.INTEGER: 0,
    InputKind.NUMBER: 0,
    InputKind.BOOLEAN: False,
}


def present_listing(listing: Listing) -> dict[str, Any]:
    """The catalog; a file that cannot be used is listed with its problems."""
    items = [_present(definition) for definition in listing.definitions]
    items += [
        {
            "name": broken.path.stem,
            "kind": "broken",
            "file": str(broken.path),
            "problems": [str(problem) for problem in broken.problems],
        }
        for broken in listing.broken
    ]
    items.sort(key=lambda item: item["name"])
    return {"items": items, "totalCount": len(items), "nextPage": None}


def present_definition(definition: TaskDefinition) -> dict[str, Any]:
    """One definition with its jobs."""
    return {**_present(definition), "jobs": [_present_job(job) for job in _jobs(definition)]}


def without_system(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The presented jobs of a definition for who does not see those of the system (M19)."""
    needs = {job["name"]: job["after"] for job in jobs}
    hidden = {job["name"] for job in jobs if job["system"]}
    return [
        {
            **job,
            "after": needs_without(job["after"], needs, hidden),
            "steps": [step for step in job["steps"] if not step["system"]],
        }
        for job in jobs
        if not job["system"]
    ]


def present_summary(definition: TaskDefinition) -> dict[str, Any]:
    """One definition, without where it is and what it does in detail."""
    return {
        "name": definition.name,
        "title": definition.title,
        "kind": definition.kind,
        "description": definition.description,
        "inputs": [_present_input(spec) for spec in definition.inputs],
        "rerunnable": definition.rerunnable,
        "support": definition.support,
    }


def _present(definition: TaskDefinition) -> dict[str, Any]:
    return {**present_summary(definition), "file": definition.source.target}


def _present_input(spec: InputSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "kind": spec.kind,
        "required": spec.required,
        "default": None if spec.kind is InputKind.SECRET else spec.default,
        "choices": list(spec.choices),
        "pattern": spec.pattern,
        "description": spec.description,
    }


def _present_job(job: JobPlan) -> dict[str, Any]:
    return {
        "name": job.name,
        "title": job.title or job.name,
        "after": list(job.after),
        "when": job.when,
        "pool": job.pool,
        "system": job.system,
        "steps": [
            {"name": step.name, "system": step.system}
            for step in job.steps
            if step.name not in RESERVED_STEP_NAMES
        ],
    }


def _jobs(definition: TaskDefinition) -> tuple[JobPlan, ...]:
    """The jobs of a plan made of sample values; none where the definition takes none of these."""
    for text in _TEXTS:
        values = {spec.name: _sample(spec, text) for spec in definition.inputs}
        with suppress(RefusedError):
            return definition.plan(values).jobs
    return ()


_TEXTS = ("\u2039{}\u203a", "{}", "")
"""What stands for the text of an input, by its name: locks and projects do without none, pools have
to be called like one, and patterns may want nothing of both."""


def _sample(spec: InputSpec, text: str) -> JsonValue:
    if spec.kind is InputKind.STRING and spec.default is None:
        return text.format(spec.name)
    if not spec.required:
        return spec.default
    return spec.choices[0] if spec.kind is InputKind.CHOICE else _SAMPLES[spec.kind]
