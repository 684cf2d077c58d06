"""Who may do what to an organization and what belongs to it: the full matrix."""

from __future__ import annotations

import pytest

from tasktrail.model.access import (
    Actor,
    ProjectRole,
    Scope,
    allows,
    allows_in_organization,
)
from tasktrail.model.author import Author, AuthorKind, Role, robot, superadmin
from tasktrail.model.permission import Permission

SHOP = 10


def person(role: Role | None, project: ProjectRole | None = None) -> Actor:
    return Actor(
        author=Author(kind=AuthorKind.USER, name="Ann", id=7, role=role),
        organization_id=1,
        projects={SHOP: project} if project else {},
    )


ACTORS = {
    "owner": person(Role.OWNER),
    "admin": person(Role.ADMIN),
    "member": person(Role.MEMBER),
    "support": person(Role.SUPPORT),
    "robot": Actor(author=robot("Wodbot"), organization_id=1),
    "superadmin": Actor(author=superadmin(), organization_id=1),
    "nobody": person(None),
}

# owner, admin, member, support, robot, superadmin, nobody
MATRIX = {
    Permission.SEE_DEFINITIONS: "yyyyyy-",
    Permission.PRUNE_LOGS: "yy--yy-",
    Permission.SEE_ORGANIZATION: "yyyyyy-",
    Permission.CHANGE_ORGANIZATION: "yy---y-",
    Permission.SEE_MEMBERS: "yyyyyy-",
    Permission.MANAGE_MEMBERS: "yy---y-",
    Permission.MANAGE_OWNERS: "y----y-",
    Permission.SEE_TEAMS: "yyyyyy-",
    Permission.MANAGE_TEAMS: "yy---y-",
    Permission.SEE_PROJECT: "yy-yyy-",
    Permission.MANAGE_PROJECT: "yy---y-",
    Permission.CREATE_PROJECT: "yy--yy-",
    Permission.OWN_KEYS: "yyyy---",
    Permission.MANAGE_KEYS: "yy---y-",
    Permission.SEE_SUPPORT: "yy-y-y-",
    Permission.MANAGE_SUPPORT: "y------",
    Permission.MANAGE_WORKERS: "y----y-",
    Permission.WORK: "-------",
}


@pytest.mark.parametrize(("permission", "expected"), MATRIX.items())
def test_the_matrix(permission: Permission, expected: str) -> None:
    found = "".join(
        "y" if allows_in_organization(actor, permission) else "-" for actor in ACTORS.values()
    )
    assert found == expected


def test_every_permission_is_in_a_matrix() -> None:
    assert set(MATRIX) == {each for each in Permission if not each.startswith("task:")}


@pytest.mark.parametrize("permission", MATRIX)
@pytest.mark.parametrize("who", ACTORS)
def test_nobody_has_any_in_another_organization(who: str, permission: Permission) -> None:
    there = Scope(organization_id=2, project_ids=frozenset({SHOP}))
    assert not allows(ACTORS[who], permission, there)


def of_shop(role: ProjectRole | None, permission: Permission) -> bool:
    scope = Scope(organization_id=1, project_ids=frozenset({SHOP}))
    return allows(person(Role.MEMBER, role), permission, scope)


def test_a_member_sees_projects_of_his_and_manages_those_he_administers() -> None:
    roles = [None, *ProjectRole]
    assert [of_shop(role, Permission.SEE_PROJECT) for role in roles] == [False, True, True, True]
    assert [of_shop(role, Permission.MANAGE_PROJECT) for role in roles] == [
        False,
        False,
        False,
        True,
    ]
    administers = person(Role.MEMBER, ProjectRole.ADMIN)
    assert not allows_in_organization(administers, Permission.CREATE_PROJECT)
    other = Scope(organization_id=1, project_ids=frozenset({SHOP, 11}))
    assert not allows(administers, Permission.MANAGE_PROJECT, other)
