"""What a step finds: its environment variables, and the values that templates name."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tasktrail.actions.assignment import Assignment, Outputs
from tasktrail.definitions.inputs import input_text
from tasktrail.model.plan import Argument, JsonValue, StepPlan
from tasktrail.model.step import Step
from tasktrail.model.template import (
    Template,
    UnknownReferenceError,
    references,
    render,
    slug,
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where one attempt at a step happens."""

    workspace: Path
    outputs_file: Path
    attempt: int


def environment_of(
    assignment: Assignment,
    step: Step,
    own_outputs: Outputs,
    surroundings: Surroundings,
    base: Mapping[str, str],
    values: Mapping[str, str],
) -> dict[str, str]:
    """The complete environment of a step; later ones win: the engine's own part, inputs, outputs,
    `env` of task, job and step, and what only Tasktrail says. `values`: see `reference_values`.

    Raises:
        UnknownReferenceError: a template names an output that was not given.
    """
    plan = assignment.step_plan(step)
    environment = {
        **base,
        **_input_variables(assignment),
        **_output_variables(assignment, own_outputs),
    }
    for env in (assignment.plan.env, assignment.job_plan.env, plan.env):
        environment.update({name: render(text, values) for name, text in env.items()})
    environment.update(
        TASKTRAIL_TASK_ID=str(assignment.task.id),
        TASKTRAIL_JOB=assignment.job.name,
        TASKTRAIL_STEP=step.name,
        TASKTRAIL_ATTEMPT=str(surroundings.attempt),
        TASKTRAIL_WORKSPACE=str(surroundings.workspace),
        TASKTRAIL_OUTPUT=str(surroundings.outputs_file),
    )
    return environment


def reference_values(assignment: Assignment, own_outputs: Outputs) -> dict[str, str]:
    """The values of everything that a template of the job may name."""
    values = {"task.id": str(assignment.task.id)}
    for name, value in assignment.task.inputs.items():
        values[f"inputs.{name}"] = input_text(value)
    for name, secret in assignment.secrets.items():
        values[f"inputs.{name}"] = secret
    for name in assignment.plan.secret_inputs:
        values.setdefault(f"inputs.{name}", "")
    for kind, outputs in (("steps", own_outputs), ("jobs", assignment.job_outputs)):
        for name, found in outputs.items():
            for key, value in found.items():
                values[f"{kind}.{slug(name)}.outputs.{key}"] = value
    return values


def resolved(arguments: Mapping[str, Argument], values: Mapping[str, str]) -> dict[str, JsonValue]:
    """Arguments with their templates rendered.

    Raises:
        UnknownReferenceError: a template names an output that was not given.
    """
    return {
        name: render(value, values) if isinstance(value, Template) else value
        for name, value in arguments.items()
    }


def working_directory(plan: StepPlan, workspace: Path, values: Mapping[str, str]) -> Path:
    """Where a step starts: its workspace, or a directory relative to it."""
    if plan.working_directory is None:
        return workspace
    return workspace / render(plan.working_directory, values)


def secrets_known(assignment: Assignment, plan: StepPlan, own_outputs: Outputs) -> frozenset[str]:
    """What the step must not show: the secrets of the task, and the whole of each environment
    variable that is made of one."""
    secrets = frozenset(filter(None, assignment.hidden))
    if not secrets:
        return secrets
    values = reference_values(assignment, own_outputs)
    named = {f"inputs.{name}" for name, secret in assignment.secrets.items() if secret}
    made: set[str] = set()
    for env in (assignment.plan.env, assignment.job_plan.env, plan.env):
        for text in env.values():
            if isinstance(text, Template) and not named.isdisjoint(references(text.text)):
                # Without a value that it names, the step fails before it has an environment.
                with suppress(UnknownReferenceError):
                    made.add(render(text, values))
    return secrets | made


def typed_inputs(assignment: Assignment) -> dict[str, JsonValue]:
    """All inputs by name, secret ones included, for a Python step."""
    return {**assignment.task.inputs, **assignment.secrets}


def _input_variables(assignment: Assignment) -> dict[str, str]:
    shown = {
        f"INPUT_{name.upper()}": input_text(value) for name, value in assignment.task.inputs.items()
    }
    secret = {f"INPUT_{name.upper()}": value for name, value in assignment.secrets.items()}
    return shown | secret


def _output_variables(assignment: Assignment, own_outputs: Outputs) -> dict[str, str]:
    """Outputs of the jobs that the job needs, then those of its own earlier steps."""
    variables: dict[str, str] = {}
    for outputs in (*assignment.job_outputs.values(), *own_outputs.values()):
        variables.update({f"OUTPUT_{key.upper()}": value for key, value in outputs.items()})
    return variables
