"""Submitting a task for a step of another one (M17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.library import Library
from tasktrail.actions.submit import Order, submit
from tasktrail.model.access import Actor
from tasktrail.model.plan import JsonValue
from tasktrail.model.submission import Origin
from tasktrail.model.task import Task
from tasktrail.store.organizations import project_names, projects_of


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

    def names(connection: Connection) -> tuple[str, ...]:
        ids = projects_of(connection, [origin.id]).get(origin.id, ())
        found = project_names(connection, ids)
        return tuple(found[one] for one in ids)

    return await submit(
        decisions,
        library,
        Actor(author=origin.author, organization_id=origin.organization_id),
        Order(
            definition=library.load_spawned(wish.target, wish.root),
            inputs=wish.inputs,
            projects=await decisions.store.read(names),
            origin=Origin(task_id=origin.id, step_id=wish.step_id, key=wish.key),
        ),
    )
