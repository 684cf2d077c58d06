"""Asking the access rules about what is no task yet, or none at all."""

from __future__ import annotations

from collections.abc import Iterable

from tasktrail.errors import NotAllowedError
from tasktrail.model.access import Actor, Scope, allows, allows_in_organization
from tasktrail.model.permission import Permission


def require_in_organization(actor: Actor, permission: Permission) -> None:
    """Accept what `actor` may do in the organization as a whole.

    Raises:
        NotAllowedError: the actor may not.
    """
    if not allows_in_organization(actor, permission):
        raise NotAllowedError(f"{actor.author.name} does not have the right {permission} here")


def require_record(actor: Actor, name: str, project_ids: Iterable[int]) -> None:
    """Accept an immediate task that `actor` may record.

    Raises:
        NotAllowedError: the actor may not.
    """
    scope = Scope(
        organization_id=actor.organization_id,
        definition=name,
        project_ids=frozenset(project_ids),
    )
    if not allows(actor, Permission.RECORD, scope):
        raise NotAllowedError(
            f"{actor.author.name} is not allowed to record {name!r} there",
            hint="an owner of the organization can change that",
        )
