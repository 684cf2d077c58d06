"""Which projects somebody means, by their ids."""

from __future__ import annotations

from collections.abc import Collection

from tasktrail.errors import InvalidInputError, Problem
from tasktrail.model.access import Actor, Scope, allows
from tasktrail.model.permission import Permission
from tasktrail.store.organizations import projects_in
from tasktrail.store.store import Store


async def visible_projects(
    store: Store, actor: Actor, project_ids: Collection[int]
) -> tuple[str, ...]:
    """The names of the projects of these ids.

    Raises:
        InvalidInputError: some do not exist, or `actor` may not see them, which is told alike.
    """
    if not project_ids:
        return ()
    found = await store.read(
        lambda connection: projects_in(connection, actor.organization_id, project_ids)
    )
    unknown = [one for one in project_ids if one not in found or not _sees(actor, one)]
    if unknown:
        raise InvalidInputError(
            "there are no such projects",
            problems=tuple(
                Problem(f"there is no project {one}", field="projectIds") for one in unknown
            ),
        )
    return tuple(found[one] for one in dict.fromkeys(project_ids))


def _sees(actor: Actor, project_id: int) -> bool:
    scope = Scope(organization_id=actor.organization_id, project_ids=frozenset({project_id}))
    return allows(actor, Permission.SEE_PROJECT, scope)
