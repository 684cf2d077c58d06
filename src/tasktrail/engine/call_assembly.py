"""Puts together all that a runner is given for one attempt at a step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tasktrail.actions.assignment import Assignment, Outputs
from tasktrail.actions.submit_spawned import SpawnWish
from tasktrail.engine.step_environment import (
    Surroundings,
    environment_of,
    reference_values,
    resolved,
    typed_inputs,
    working_directory,
)
from tasktrail.engine.workshop import Workshop
from tasktrail.model.course import outlives_stops
from tasktrail.model.plan import Action, PythonAction, SpawnAction
from tasktrail.model.step import Step
from tasktrail.runners.step_call import OutputSink, SpawnRequest, StepCall, StopOrder

Spawn = Callable[[SpawnWish], Awaitable[int]]
"""Submits a task for a step, and returns its id."""


def assembled_call(
    workshop: Workshop,
    assignment: Assignment,
    step: Step,
    own_outputs: Outputs,
    *,
    output: OutputSink,
    stop: StopOrder,
    spawn: Spawn,
) -> StepCall:
    """The call of the current attempt at `step`. `own_outputs` are those of the job so far.

    Raises:
        UnknownReferenceError: a template names an output that was not given.
    """
    plan = assignment.step_plan(step)
    workspace = workshop.workspace(step.task_id, step.job_id)
    outputs_file = workshop.outputs_file(step.task_id, step.job_id, step.id, step.attempts)
    surroundings = Surroundings(workspace, outputs_file, step.attempts)
    values = reference_values(assignment, own_outputs)
    return StepCall(
        task_id=step.task_id,
        job_id=step.job_id,
        job_name=assignment.job.name,
        step_id=step.id,
        step_name=step.name,
        attempt=step.attempts,
        action=_resolved_action(plan.action, values),
        # What only makes or removes a workspace asks for none.
        environment=environment_of(
            assignment, step, own_outputs, surroundings, workshop.base_environment, values
        )
        if not outlives_stops(plan)
        else {},
        workspace=workspace,
        working_directory=working_directory(plan, workspace, values),
        outputs_file=outputs_file,
        marker=workshop.marker(step.id, step.attempts),
        stop_signal=plan.stop_signal,
        grace=assignment.plan.stop_grace if plan.grace is None else plan.grace,
        output=output,
        limits=plan.limits,
        stop=stop,
        inputs=typed_inputs(assignment),
        spawn=lambda request: spawn(_wish(assignment, step, request)),
    )


def _resolved_action(action: Action, values: dict[str, str]) -> Action:
    match action:
        case PythonAction(function=function, root=root, arguments=arguments) if arguments:
            return PythonAction(
                function=function, root=root, arguments={**resolved(arguments, values)}
            )
        case SpawnAction(target=target, root=root, inputs=inputs, wait=wait):
            return SpawnAction(
                target=target, root=root, inputs={**resolved(inputs, values)}, wait=wait
            )
        case _:
            return action


def _wish(assignment: Assignment, step: Step, request: SpawnRequest) -> SpawnWish:
    source = assignment.plan.source
    return SpawnWish(
        origin=assignment.task,
        step_id=step.id,
        key=request.key,
        target=request.target,
        root=source.root if source else None,
        inputs=request.inputs,
    )
