"""Who may make whom what in an organization: all pairs of roles."""

from __future__ import annotations

from itertools import product

import pytest

from tasktrail.model.access import Actor, allows_in_organization
from tasktrail.model.author import Author, AuthorKind, Role, robot, superadmin
from tasktrail.model.membership import membership_needs


def actor(role: Role | None) -> Actor:
    author = Author(kind=AuthorKind.USER, name="Ann", id=7, role=role)
    return Actor(author=author, organization_id=1)


def may(who: Actor, before: Role | None, after: Role | None) -> bool:
    return allows_in_organization(who, membership_needs(before, after))


CHANGES = list(product((None, *Role), (None, *Role)))
OF_AN_ADMIN = {
    (None, None),
    (None, Role.MEMBER),
    (Role.MEMBER, Role.MEMBER),
    (Role.MEMBER, None),
    (Role.SUPPORT, Role.MEMBER),
    (Role.SUPPORT, None),
}


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_an_admin_manages_everybody_but_owners_and_admins_and_lets_no_support_in(
    before: Role | None, after: Role | None
) -> None:
    assert may(actor(Role.ADMIN), before, after) == ((before, after) in OF_AN_ADMIN)


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_owners_and_superadmin_manage_everybody(before: Role | None, after: Role | None) -> None:
    assert may(actor(Role.OWNER), before, after)
    assert may(Actor(author=superadmin(), organization_id=1), before, after)


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_nobody_else_manages_anybody(before: Role | None, after: Role | None) -> None:
    for role in (Role.MEMBER, Role.SUPPORT, None):
        assert not may(actor(role), before, after)
    assert not may(Actor(author=robot("Wodbot"), organization_id=1), before, after)
