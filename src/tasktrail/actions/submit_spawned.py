"""Submitting a task for a step of another one (M17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.library import Library
from tasktrail.actions.submit import Order, submit
from tasktrail.definitions.definition import TaskDefinition
from tasktrail.errors import InvalidInputError, Problem
from tasktrail.logs.masking import Masking
from tasktrail.model.access import Actor
from tasktrail.model.plan import InputKind, JsonValue
from tasktrail.model.submission import Origin
from tasktrail.model.task import Task
from tasktrail.store.organizations import project_names, projects_of
from tasktrail.store.secrets import secrets_of
from tasktrail.store.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class SpawnWish:
    """A step of `origin` wants a task. `target` is named as in a spawn step, relative to `root`."""

    origin: Task
    step_id: int
    key: str
    target: str
    root: str | None
    inputs: Mapping[str, JsonValue]


async def submit_spawned(decisions: Decisions, library: Library, wish: SpawnWish) -> int:
    """Submit the wished task as the author of its origin, in the origin's projects.

    Asking again for the same step and key gives the same task.

    Raises:
        NotFoundError: nothing is named so.
        DefinitionError: the definition is wrong.
        InvalidInputError: inputs are wrong.
    """
    origin = wish.origin
    definition = await library.load_spawned(wish.target, wish.root)

    def of_origin(connection: Connection) -> tuple[tuple[str, ...], dict[str, str]]:
        ids = projects_of(connection, [origin.id]).get(origin.id, ())
        found = project_names(connection, ids)
        return tuple(found[one] for one in ids), secrets_of(connection, origin.id)

    projects, secrets = await decisions.store.read(of_origin)
    _keep_secret(definition, wish, secrets)
    return await submit(
        decisions,
        library,
        Actor(author=origin.author, organization_id=origin.organization_id),
        Order(
            definition=definition,
            inputs=wish.inputs,
            projects=projects,
            origin_secrets=secrets,
            origin=Origin(task_id=origin.id, step_id=wish.step_id, key=wish.key),
        ),
    )


def _keep_secret(definition: TaskDefinition, wish: SpawnWish, secrets: Mapping[str, str]) -> None:
    """Refuse to hand a secret to an input that is shown to everybody, or to name the task by it."""
    if not secrets:
        return
    masking = Masking(secrets.values())
    problems = [
        Problem(
            f"the input {spec.name!r} of {definition.name!r} would show a secret",
            field=spec.name,
            hint=f"let it be of the type secret in {definition.name!r}",
        )
        for spec in definition.inputs
        if spec.kind is not InputKind.SECRET and _holds(masking, wish.inputs.get(spec.name))
    ]
    if masking.found_in(wish.key):
        problems.append(Problem("the key of a spawned task is shown, and holds a secret"))
    if problems:
        raise InvalidInputError("a secret must stay one", problems=tuple(problems))


def _holds(masking: Masking, value: JsonValue) -> bool:
    return isinstance(value, str) and masking.found_in(value)
