"""Asking the access rules before anything of an organization is looked at or changed."""

from __future__ import annotations

from collections.abc import Callable

from tasktrail.actions.permission import refusal
from tasktrail.errors import NotFoundError
from tasktrail.model.access import Actor, Scope, allows, allows_in_organization
from tasktrail.model.author import AuthorKind
from tasktrail.model.permission import Permission

_DEEDS = {
    Permission.SEE_DEFINITIONS: "see the definitions",
    Permission.PRUNE_LOGS: "remove logs",
    Permission.SEE_ORGANIZATION: "see the organization",
    Permission.CHANGE_ORGANIZATION: "change the organization",
    Permission.SEE_MEMBERS: "see the members",
    Permission.MANAGE_MEMBERS: "manage members",
    Permission.MANAGE_OWNERS: "manage owners, admins and support",
    Permission.SEE_TEAMS: "see the teams",
    Permission.MANAGE_TEAMS: "manage teams",
    Permission.MANAGE_PROJECT: "manage the project",
    Permission.CREATE_PROJECT: "make projects",
    Permission.OWN_KEYS: "have API keys",
    Permission.MANAGE_KEYS: "manage the API keys of others and of the robot",
    Permission.SEE_SUPPORT: "see the support access",
    Permission.MANAGE_SUPPORT: "open or close support access",
    Permission.MANAGE_WORKERS: "manage the keys of workers",
}


Need = Callable[[Actor], None]
"""Accepts who may do something, and raises NotAllowedError for everybody else."""


def to(permission: Permission) -> Need:
    """Needs a right on the organization as a whole."""
    return lambda actor: require(actor, permission)


def require(actor: Actor, permission: Permission) -> None:
    """Accept what `actor` may do to the organization as a whole.

    Raises:
        NotAllowedError: the actor may not.
    """
    if not allows_in_organization(actor, permission):
        raise refusal(actor, _DEEDS.get(permission, str(permission)))


def require_on_project(actor: Actor, permission: Permission, project_id: int) -> None:
    """Accept what `actor` may do to a project that there is in the organization.

    Raises:
        NotFoundError: the actor may not even see it.
        NotAllowedError: the actor may see it, but not do this to it.
    """
    scope = Scope(organization_id=actor.organization_id, project_ids=frozenset({project_id}))
    if not allows(actor, Permission.SEE_PROJECT, scope):
        raise NotFoundError(f"there is no project {project_id}")
    if not allows(actor, permission, scope):
        raise refusal(actor, _DEEDS.get(permission, str(permission)))


def require_platform(actor: Actor) -> None:
    """Accept what only the platform itself does, beyond any organization.

    Raises:
        NotAllowedError: it is somebody else.
    """
    if actor.author.kind is not AuthorKind.SUPERADMIN:
        raise refusal(actor, "do this beyond the organization")


def anybody(actor: Actor) -> None:
    """Accept everybody who is known: what is needed depends on what it is about, or it is about
    nobody else."""
    del actor
