"""Whether somebody may run a definition at all, told before anything is submitted (M7, M8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from tasktrail.actions.permission import new_scope
from tasktrail.definitions.definition import TaskDefinition
from tasktrail.model.access import Actor, ProjectRole, allows
from tasktrail.model.permission import Permission
from tasktrail.model.template import references
from tasktrail.store.organizations import projects_called
from tasktrail.store.store import Store

_NOT_THERE = 0
"""Stands for a project that a submission would make; nobody has a role in it."""


class MayRun(StrEnum):
    """What somebody may do with a definition at this moment."""

    YES = "yes"
    WITH_PROJECT = "with_project"
    """In a project where they may write, which they name with the submission."""
    NO = "no"


async def may_run(
    store: Store, actor: Actor, definitions: Iterable[TaskDefinition]
) -> dict[str, MayRun]:
    """What `actor` may do with each of the definitions, by its name."""
    asked = tuple(definitions)
    names = {name for definition in asked for name in definition.projects}
    ids = await store.read(
        lambda connection: projects_called(connection, actor.organization_id, names)
    )
    return {definition.name: judged(actor, definition, ids) for definition in asked}


def judged(actor: Actor, definition: TaskDefinition, ids: Mapping[str, int]) -> MayRun:
    """As `may_run`, by the ids of projects. A project that an input names counts as one where the
    actor may write, if there is any."""
    fixed = {ids.get(name, _NOT_THERE) for name in definition.projects if not references(name)}
    written = {one for one, role in actor.projects.items() if role >= ProjectRole.WRITE}
    if _allowed(actor, definition, fixed):
        return MayRun.YES
    if not _allowed(actor, definition, fixed | written):
        return MayRun.NO
    return MayRun.YES if definition.projects else MayRun.WITH_PROJECT


def _allowed(actor: Actor, definition: TaskDefinition, project_ids: Iterable[int]) -> bool:
    scope = new_scope(actor, definition.name, support=definition.support, project_ids=project_ids)
    return allows(actor, Permission.SUBMIT, scope)
