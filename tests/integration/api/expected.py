"""What is expected of a request: what `allows` says of the permission that its route names."""

from __future__ import annotations

from collections.abc import Callable

from integration.api.places import Place
from tasktrail.model.access import Actor, Scope, allows, allows_in_organization
from tasktrail.model.permission import Permission

Expect = Callable[[Actor, Place, Permission], int]


def seen_and_allowed(status: int, see: Permission) -> Expect:
    """404 without the right to see it, 403 without the right to do it."""

    def expect(actor: Actor, place: Place, permission: Permission) -> int:
        if not allows(actor, see, place.scope()):
            return 404
        return status if allows(actor, permission, place.scope()) else 403

    return expect


def in_organization(status: int = 200) -> Expect:
    """About the organization of who asks, whatever there is elsewhere."""

    def expect(actor: Actor, _: Place, permission: Permission) -> int:
        return status if allows_in_organization(actor, permission) else 403

    return expect


def of_the_platform(status: int = 200) -> Expect:
    """For Superadmin, and owners of the organization that the installation works for."""

    def expect(actor: Actor, place: Place, permission: Permission) -> int:
        own = actor.organization_id == place.organization_id
        return status if own and allows_in_organization(actor, permission) else 403

    return expect


def thing_of_organization(status: int = 200) -> Expect:
    """A thing that everybody of the organization may know of."""

    def expect(actor: Actor, place: Place, permission: Permission) -> int:
        if allows_in_organization(actor, permission):
            return status if actor.organization_id == place.organization_id else 404
        return 404 if actor.organization_id != place.organization_id else 403

    return expect


def right_first(status: int = 200) -> Expect:
    """A thing that is looked for once the right is there: who has none learns nothing of it."""

    def expect(actor: Actor, place: Place, permission: Permission) -> int:
        if not allows_in_organization(actor, permission):
            return 403
        return status if actor.organization_id == place.organization_id else 404

    return expect


def own_or_all_keys(actor: Actor, place: Place, permission: Permission) -> int:
    """One's own keys, or those of everybody."""
    del place
    either = (permission, Permission.MANAGE_KEYS)
    return 200 if any(allows_in_organization(actor, one) for one in either) else 403


def submission(actor: Actor, place: Place, permission: Permission) -> int:
    """Projects that may not be seen are told as ones that there are not: a wrong value."""
    for one in place.project_ids:
        scope = Scope(organization_id=place.organization_id, project_ids=frozenset({one}))
        if not allows(actor, Permission.SEE_PROJECT, scope):
            return 422
    scope = Scope(
        organization_id=actor.organization_id,
        definition="hello",
        project_ids=frozenset(place.project_ids),
    )
    return 201 if allows(actor, permission, scope) else 403


def listed(actor: Actor, place: Place, permission: Permission) -> int:
    """Lists answer everybody; what is in them is looked at by another test."""
    del actor, place, permission
    return 200


def key_of_somebody(actor: Actor, place: Place, permission: Permission) -> int:
    """Keys of others are there for those who manage keys."""
    del permission
    if actor.organization_id != place.organization_id:
        return 404
    return 200 if allows_in_organization(actor, Permission.MANAGE_KEYS) else 404


def organization_itself(status: int = 200) -> Expect:
    def expect(actor: Actor, place: Place, permission: Permission) -> int:
        if actor.organization_id != place.organization_id:
            return 404
        return status if allows_in_organization(actor, permission) else 403

    return expect


def grants_of_project(status: int = 200) -> Expect:
    return seen_and_allowed(status, Permission.SEE_PROJECT)
