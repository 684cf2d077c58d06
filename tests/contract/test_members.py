"""Members of an organization, on both databases: each change is a task."""

from __future__ import annotations

import asyncio

import pytest
from identity_bench import IdentityBench
from sqlalchemy import select

from tasktrail.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from tasktrail.model.access import ProjectRole
from tasktrail.model.author import Role
from tasktrail.model.credential import KeyKind
from tasktrail.store.identity import tables


async def test_an_owner_adds_somebody_who_is_new_and_gets_a_link_for_that_person(
    identity: IdentityBench,
) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    changed = await identity.own.members.add(
        ann, email=" Max@Example.com ", name=" Max ", role=Role.MEMBER
    )
    member = changed.value.member
    assert (member.email, member.name, member.role) == ("max@example.com", "Max", Role.MEMBER)
    assert changed.value.link_token is not None
    assert (await identity.own.links.look(changed.value.link_token)).email == "max@example.com"
    assert await identity.last() == (
        "member.add",
        "Max (max@example.com) was added as a member",
        "Ann",
    )


async def test_no_link_is_given_out_for_who_is_known_already(identity: IdentityBench) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    await identity.people.user("Max")
    added = await identity.own.members.add(
        ann, email="max@example.com", name="Maximilian", role=Role.ADMIN
    )
    assert added.value.link_token is None
    assert added.value.member.name == "Max", "who is known has a name already"
    with pytest.raises(ConflictError, match="is a member already"):
        await identity.own.members.add(ann, email="max@example.com", name="Max", role=Role.MEMBER)


async def test_everything_that_is_wrong_is_named(identity: IdentityBench) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    with pytest.raises(InvalidInputError) as refused:
        await identity.own.members.add(ann, email="max", name="\n", role=Role.MEMBER)
    assert {problem.field for problem in refused.value.problems} == {"email", "name"}
    assert await identity.recorded() == [], "what is refused is no task"


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
async def test_an_admin_neither_makes_nor_unmakes_owners_and_admins(
    identity: IdentityBench, role: Role
) -> None:
    bob = await identity.new("Bob", Role.ADMIN)
    other = await identity.member("Eve", role)
    member = await identity.member("Max")
    members = identity.own.members
    for refused in (
        members.add(bob, email="new@example.com", name="New", role=role),
        members.change_role(bob, member, role),
        members.change_role(bob, other, Role.MEMBER),
        members.remove(bob, other),
        members.change_role(bob, bob.user_id or 0, Role.OWNER),
    ):
        with pytest.raises(NotAllowedError):
            await refused
    await members.change_role(bob, member, Role.MEMBER)
    await members.remove(bob, member)
    assert [name for name, *_ in await identity.recorded()] == [
        "member.change-role",
        "member.remove",
    ]


async def test_members_support_and_robots_manage_nobody(identity: IdentityBench) -> None:
    max_id = await identity.member("Max")
    callers = [await identity.caller(max_id), await identity.new("Sue", Role.SUPPORT)]
    for caller in (*callers, identity.robot):
        with pytest.raises(NotAllowedError):
            await identity.own.members.remove(caller, max_id)
        with pytest.raises(NotAllowedError):
            await identity.own.members.add(
                caller, email="new@example.com", name="New", role=Role.MEMBER
            )


async def test_an_organization_keeps_at_least_one_owner(identity: IdentityBench) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    assert ann.user_id is not None
    disabled = await identity.member("Off", Role.OWNER)
    await identity.people.change(tables.users, disabled, disabled_at=identity.people.now)
    for refused in (
        identity.own.members.change_role(ann, ann.user_id, Role.ADMIN),
        identity.own.members.remove(ann, ann.user_id),
    ):
        with pytest.raises(ConflictError, match="last owner"):
            await refused
    await identity.own.members.change_role(ann, ann.user_id, Role.OWNER)


async def test_two_owners_who_unmake_each_other_at_once_leave_one(
    identity: IdentityBench,
) -> None:
    ann, bob = await identity.new("Ann", Role.OWNER), await identity.new("Bob", Role.OWNER)
    outcomes = await asyncio.gather(
        identity.own.members.change_role(ann, bob.user_id or 0, Role.MEMBER),
        identity.own.members.change_role(bob, ann.user_id or 0, Role.MEMBER),
        return_exceptions=True,
    )
    # Who comes second is no owner any more.
    assert sum(isinstance(one, NotAllowedError) for one in outcomes) == 1
    owners = await identity.column(
        select(tables.memberships.c.user_id).where(tables.memberships.c.role == "owner")
    )
    assert len(owners) == 1


async def test_support_is_staff_and_let_in_by_an_owner(identity: IdentityBench) -> None:
    ann, bob = await identity.new("Ann", Role.OWNER), await identity.new("Bob", Role.ADMIN)
    await identity.people.user("Sue", staff=True)
    await identity.people.user("Tom")
    add = identity.own.members.add
    with pytest.raises(NotAllowedError):
        await add(bob, email="sue@example.com", name="Sue", role=Role.SUPPORT)
    with pytest.raises(ConflictError, match="not of the platform's support staff"):
        await add(ann, email="tom@example.com", name="Tom", role=Role.SUPPORT)
    added = await add(ann, email="sue@example.com", name="Sue", role=Role.SUPPORT)
    max_id = await identity.member("Max")
    with pytest.raises(ConflictError, match="not of the platform's support staff"):
        await identity.own.members.change_role(ann, max_id, Role.SUPPORT)
    await identity.own.members.remove(bob, added.value.member.user_id)


async def test_who_is_removed_loses_teams_grants_and_keys_there_and_only_there(
    identity: IdentityBench,
) -> None:
    people = identity.people
    ann = await identity.new("Ann", Role.OWNER)
    other = await people.organization("other")
    max_id = await identity.member("Max")
    await people.joins(max_id, other, Role.MEMBER)
    projects = [await people.project(identity.acme), await people.project(other)]
    teams = [
        await people.team(identity.acme, max_id),
        await people.team(other, max_id),
    ]
    for project in projects:
        await people.grant(project, ProjectRole.ADMIN, user_id=max_id)
    secrets = [
        (
            await identity.own.keys.create(
                await identity.caller(max_id, there), kind=KeyKind.USER, name="ci"
            )
        ).value.secret
        for there in (identity.acme, other)
    ]
    await identity.own.members.remove(ann, max_id)
    assert await identity.column(select(tables.team_members.c.team_id)) == teams[1:]
    assert await identity.column(select(tables.project_grants.c.project_id)) == projects[1:]
    revoked = select(tables.api_keys.c.revoked_at.is_not(None)).order_by(tables.api_keys.c.id)
    assert [bool(one) for one in await identity.column(revoked)] == [True, False]
    assert (await identity.own.identification.of_key(str(secrets[1]))).user_id == max_id


async def test_a_person_of_another_organization_is_nobody_here(identity: IdentityBench) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    other = await identity.people.organization("other")
    eve = await identity.people.member("Eve", other, Role.OWNER)
    for refused in (
        identity.own.members.change_role(ann, eve, Role.MEMBER),
        identity.own.members.remove(ann, eve),
        identity.own.members.remove(ann, 12345),
    ):
        with pytest.raises(NotFoundError, match="there is no member"):
            await refused
    names = [member.name for member in await identity.own.members.list(ann)]
    assert names == ["Ann"]


async def test_losing_access_works_at_once(identity: IdentityBench) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    max_id = await identity.member("Max", Role.ADMIN)
    key = await identity.own.keys.create(
        await identity.caller(max_id), kind=KeyKind.USER, name="ci"
    )
    secret = str(key.value.secret)
    known = await identity.own.identification.of_key(secret)
    assert known.actor.author.role is Role.ADMIN
    await identity.own.members.change_role(ann, max_id, Role.MEMBER)
    known = await identity.own.identification.of_key(secret)
    assert known.actor.author.role is Role.MEMBER
