"""Submitting an executable task (M12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.library import Library
from tasktrail.actions.once import Once, enter_once
from tasktrail.actions.permission import require_new
from tasktrail.definitions.definition import TaskDefinition
from tasktrail.definitions.inputs import input_text, resolve_inputs
from tasktrail.errors import ConflictError
from tasktrail.model.access import Actor
from tasktrail.model.instant import Instant
from tasktrail.model.plan import JsonValue, TaskPlan
from tasktrail.model.submission import Origin, Submission
from tasktrail.store.organizations import NO_PROJECTS, NamedProjects, named_projects
from tasktrail.store.secrets import parts_handed_on
from tasktrail.store.spawned import DEEPEST_ORIGIN, find_spawned, origin_depth


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be run. `inputs` are typed values, or texts as a command line gives them."""

    definition: TaskDefinition
    inputs: Mapping[str, object] = field(default_factory=dict[str, object])
    projects: tuple[str, ...] = ()
    forced: bool = False
    origin: Origin | None = None
    not_before: Instant | None = None
    origin_secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    """What is secret in the origin, and so in the task wherever its own secrets hold it."""


async def submit(
    decisions: Decisions,
    library: Library,
    actor: Actor,
    order: Order,
    once: Once | None = None,
) -> int:
    """Accept a task; returns its id once it is durable.

    With an origin, the same step and key give the same task however often they are submitted; so
    does the same request with `once`.

    Raises:
        ConflictError: `once` was used for another request.
        InvalidInputError: inputs are wrong; all of them are named.
        DefinitionError: the definition makes no valid plan.
        NotAllowedError: the actor may not run it.
    """
    values = resolve_inputs(order.definition.inputs, order.inputs)
    plan = await library.plan(order.definition, values)
    inputs, secrets = split_secrets(plan, values)
    if order.origin is not None:
        secrets |= parts_handed_on(order.origin.task_id, order.origin_secrets, secrets)

    def enter(ledger: Ledger) -> int:
        if order.origin is not None:
            found = find_spawned(ledger.transaction.connection, order.origin)
            if found is not None:
                return found
            _check_depth(ledger, order.origin)
        projects = (*order.projects, *plan.projects)
        linked = projects_of_names(ledger, actor.organization_id, projects)
        if order.origin is None:
            # What a definition spawns is part of what its author was allowed to run.
            require_new(actor, plan, linked.ids)
        return ledger.enter(
            Submission(
                organization_id=actor.organization_id,
                author=actor.author,
                plan=plan,
                inputs=inputs,
                secrets=secrets,
                project_ids=linked.ids,
                made_projects=linked.made,
                forced=order.forced,
                origin=order.origin,
                not_before=order.not_before,
            )
        )

    return await decisions.accept(lambda ledger: enter_once(ledger, once, enter))


def projects_of_names(
    ledger: Ledger, organization_id: int, names: tuple[str, ...]
) -> NamedProjects:
    """The projects of these names, made where there is none; undone if the task is refused."""
    # Most tasks have none, and asking for the connection flushes what was written so far.
    if not names:
        return NO_PROJECTS
    return named_projects(ledger.transaction.connection, organization_id, names, ledger.now)


def split_secrets(
    plan: TaskPlan, values: Mapping[str, JsonValue]
) -> tuple[dict[str, JsonValue], dict[str, str]]:
    """The inputs that may be shown, and the secret ones."""
    shown = {name: value for name, value in values.items() if name not in plan.secret_inputs}
    secrets = {
        name: input_text(values[name])
        for name in plan.secret_inputs
        if values.get(name) is not None
    }
    return shown, secrets


def _check_depth(ledger: Ledger, origin: Origin) -> None:
    if origin_depth(ledger.transaction.connection, origin.task_id) >= DEEPEST_ORIGIN:
        raise ConflictError(
            f"the chain of tasks that spawn tasks is {DEEPEST_ORIGIN} long already",
            hint="a definition that spawns itself never ends",
        )
