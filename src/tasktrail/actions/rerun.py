"""Running a task again (M13-M16): a new task, by whoever asks, linked to the one it repeats."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.library import Library
from tasktrail.actions.once import Once, enter_once
from tasktrail.actions.permission import require_new, require_on
from tasktrail.actions.submit import projects_of_names, split_secrets
from tasktrail.definitions.inputs import resolve_inputs
from tasktrail.errors import ConflictError
from tasktrail.model.access import Actor
from tasktrail.model.permission import Permission
from tasktrail.model.plan import JsonValue, Rerunnable, TaskPlan
from tasktrail.model.status import Status
from tasktrail.model.submission import Submission
from tasktrail.model.task import Task
from tasktrail.store.organizations import NamedProjects, project_names, projects_of
from tasktrail.store.secrets import secret_inputs, secret_parts, secrets_of
from tasktrail.store.states import load_state
from tasktrail.store.store import Connection


async def rerun(
    decisions: Decisions,
    library: Library,
    actor: Actor,
    task_id: int,
    *,
    forced: bool,
    once: Once | None = None,
) -> int:
    """Submit a copy of an ended task; returns its id.

    The plan is the stored one, or what the definition's rerun hook makes of it. A new plan links
    the projects that it names, in place of those that the stored one named. The same request with
    `once` gives the same task.

    Raises:
        NotFoundError: there is no such task or none that the actor may see, or its rerun hook is
            gone.
        NotAllowedError: the actor may not run it again, or not run what the hook made of it.
        ConflictError: it has not ended, has nothing to run, or must not be run again.
    """
    original = await decisions.store.read(lambda connection: _read(connection, task_id))
    require_on(actor, Permission.RERUN, original.task, original.plan, original.projects)
    _check(original.task, original.plan)
    plan, inputs, secrets = original.plan, dict(original.task.inputs), original.secrets
    new_plan = plan.rerun_hook and plan.source is not None
    if new_plan:
        plan, inputs, secrets = await _replanned(library, original)

    def enter(ledger: Ledger) -> int:
        linked = NamedProjects(tuple(original.projects), {})
        if new_plan:
            projects = (*original.projects_beside_plan, *plan.projects)
            linked = projects_of_names(ledger, actor.organization_id, projects)
            # What it does now may be something that the actor may not run.
            require_new(actor, plan, linked.ids)
        return ledger.enter(
            Submission(
                organization_id=original.task.organization_id,
                author=actor.author,
                plan=plan,
                inputs=inputs,
                secrets=secrets,
                project_ids=linked.ids,
                made_projects=linked.made,
                forced=forced,
                repeated_task_id=task_id,
            )
        )

    return await decisions.accept(lambda ledger: enter_once(ledger, once, enter))


@dataclass(frozen=True, slots=True)
class _Original:
    task: Task
    plan: TaskPlan
    secrets: dict[str, str]
    projects: dict[int, str]
    """The names of the projects that it links, by id."""

    @property
    def projects_beside_plan(self) -> tuple[str, ...]:
        """The projects that it got from who submitted it."""
        return tuple(name for name in self.projects.values() if name not in self.plan.projects)


def _read(connection: Connection, task_id: int) -> _Original:
    state = load_state(connection, task_id)
    project_ids = projects_of(connection, [task_id]).get(task_id, ())
    return _Original(
        state.task,
        state.plan,
        secrets_of(connection, task_id),
        project_names(connection, project_ids),
    )


def _check(task: Task, plan: TaskPlan) -> None:
    if task.immediate:
        raise ConflictError(
            f"task {task.id} was recorded as done at once; there is nothing to run again"
        )
    if plan.rerunnable is Rerunnable.NEVER:
        raise ConflictError(
            f"tasks of {plan.definition!r} must not be run again: "
            "their definition says `rerunnable: never`",
            hint="submit a new task instead",
        )
    if not task.status.final:
        raise ConflictError(
            f"task {task.id} has not ended, it is {task.status.label}",
            hint=f"cancel it first: tasktrail task cancel {task.id}",
        )
    if plan.rerunnable is Rerunnable.FAILED and task.status is Status.DONE:
        raise ConflictError(
            f"task {task.id} is done; tasks of {plan.definition!r} may be run again only when "
            "they did not end well",
            hint="submit a new task instead, or let the definition say `rerunnable: always`",
        )


async def _replanned(
    library: Library, original: _Original
) -> tuple[TaskPlan, dict[str, JsonValue], dict[str, str]]:
    definition = await library.load_source(original.plan.source)
    before = {**original.task.inputs, **secret_inputs(original.secrets)}
    again = await library.rerun_inputs(definition, before)
    values = resolve_inputs(definition.inputs, dict(again))
    plan = await library.plan(definition, values)
    shown, secrets = split_secrets(plan, values)
    return plan, shown, secrets | secret_parts(original.secrets)
