"""Teams, projects and the rights in them, on both databases."""

from __future__ import annotations

import pytest
from identity_bench import IdentityBench

from tasktrail.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from tasktrail.model.access import ProjectRole
from tasktrail.model.author import Role

READ, WRITE, ADMIN = ProjectRole


async def test_a_team_has_members_of_the_organization(identity: IdentityBench) -> None:
    bob = await identity.new("Bob", Role.ADMIN)
    max_id, eve = await identity.member("Max"), await identity.member("Eve")
    stranger = await identity.people.user("Stranger")
    teams = identity.own.teams
    made = await teams.create(bob, name="ops", user_ids=[max_id, eve])
    assert set(made.value.user_ids) == {max_id, eve}
    assert await identity.last() == ("team.create", "Team ops was made: Max, Eve", "Bob")
    with pytest.raises(InvalidInputError, match="members only"):
        await teams.change(bob, made.value.id, user_ids=[stranger])
    with pytest.raises(ConflictError):
        await teams.create(bob, name="ops")
    changed = await teams.change(bob, made.value.id, name="dev", user_ids=[eve])
    assert (changed.value.name, changed.value.user_ids) == ("dev", (eve,))
    assert await identity.last() == (
        "team.change",
        "Team ops is called dev now and has these members now: Eve",
        "Bob",
    )
    assert await teams.list(await identity.caller(max_id)) == [changed.value]
    await teams.remove(bob, made.value.id)
    assert await teams.list(bob) == []


async def test_teams_are_for_owners_and_admins_of_their_organization(
    identity: IdentityBench,
) -> None:
    team = await identity.people.team(identity.acme)
    for caller in (
        await identity.new("Max"),
        await identity.new("Sue", Role.SUPPORT),
        identity.robot,
    ):
        for refused in (
            identity.own.teams.create(caller, name="x"),
            identity.own.teams.change(caller, team, name="x"),
            identity.own.teams.remove(caller, team),
        ):
            with pytest.raises(NotAllowedError):
                await refused
    other = await identity.people.organization("other")
    eve = await identity.caller(await identity.people.member("Eve", other, Role.OWNER), other)
    with pytest.raises(NotFoundError):
        await identity.own.teams.change(eve, team, name="x")
    with pytest.raises(NotFoundError):
        await identity.own.teams.remove(eve, team)
    assert await identity.own.teams.list(eve) == []


async def test_rights_come_by_person_and_by_team_and_go_again(identity: IdentityBench) -> None:
    bob = await identity.new("Bob", Role.ADMIN)
    max_id = await identity.member("Max")
    team = await identity.people.team(identity.acme, max_id)
    projects = identity.own.projects
    made = await projects.create(bob, name="shop")
    shop = made.value.id
    assert await identity.projects_of_task(made.task_id) == [shop]
    await projects.grant(bob, shop, READ, user_id=max_id)
    by_team = await projects.grant(bob, shop, WRITE, team_id=team)
    assert await identity.last() == ("project.grant", "the team ops has write in shop now", "Bob")
    assert (await identity.caller(max_id)).actor.projects == {shop: WRITE}
    by_person = await projects.grant(bob, shop, ADMIN, user_id=max_id)
    assert (await identity.caller(max_id)).actor.projects == {shop: ADMIN}
    granted = await projects.grants(bob, shop)
    assert [(one.holder, one.role) for one in granted] == [("Max", ADMIN), ("the team ops", WRITE)]
    revoked = await projects.revoke(bob, shop, by_person.value.id)
    assert await identity.projects_of_task(revoked.task_id) == [shop]
    await projects.revoke(bob, shop, by_team.value.id)
    assert (await identity.caller(max_id)).actor.projects == {}
    with pytest.raises(NotFoundError, match="there is no grant"):
        await projects.revoke(bob, shop, by_team.value.id)


async def test_a_team_has_write_at_most_and_only_members_and_teams_hold_rights(
    identity: IdentityBench,
) -> None:
    bob = await identity.new("Bob", Role.ADMIN)
    shop = await identity.people.project(identity.acme)
    team = await identity.people.team(identity.acme)
    other = await identity.people.organization("other")
    stranger = await identity.people.member("Stranger", other)
    foreign = await identity.people.team(other)
    grant = identity.own.projects.grant
    for refused in (
        grant(bob, shop, ADMIN, team_id=team),
        grant(bob, shop, READ, team_id=foreign),
        grant(bob, shop, READ, user_id=stranger),
        grant(bob, shop, READ),
        grant(bob, shop, READ, user_id=bob.user_id, team_id=team),
    ):
        with pytest.raises(InvalidInputError):
            await refused


async def test_a_project_is_managed_by_its_admins_seen_by_its_readers_and_nothing_to_others(
    identity: IdentityBench,
) -> None:
    people = identity.people
    shop, blog = await people.project(identity.acme), await people.project(identity.acme, "blog")
    reader, writer = await identity.member("Rea"), await identity.member("Wri")
    admin = await identity.member("Chief")
    for user_id, role in ((reader, READ), (writer, WRITE), (admin, ADMIN)):
        await people.grant(shop, role, user_id=user_id)
    projects = identity.own.projects
    for user_id in (reader, writer):
        caller = await identity.caller(user_id)
        assert [one.id for one in await projects.list(caller)] == [shop]
        assert (await projects.show(caller, shop)).name == "shop"
        with pytest.raises(NotAllowedError):
            await projects.grant(caller, shop, READ, user_id=user_id)
        with pytest.raises(NotAllowedError):
            await projects.rename(caller, shop, name="mine")
    chief = await identity.caller(admin)
    await projects.grant(chief, shop, ADMIN, user_id=writer)
    await projects.rename(chief, shop, name="store")
    for refused in (
        projects.show(chief, blog),
        projects.grants(chief, blog),
        projects.rename(chief, blog, name="mine"),
        projects.grant(chief, blog, READ, user_id=admin),
        projects.revoke(chief, blog, 1),
    ):
        with pytest.raises(NotFoundError, match=f"there is no project {blog}"):
            await refused
    with pytest.raises(NotAllowedError):
        await projects.create(chief, name="new")


async def test_projects_of_another_organization_are_not_there(identity: IdentityBench) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    other = await identity.people.organization("other")
    foreign = await identity.people.project(other)
    eve = await identity.people.member("Eve", other)
    grant = await identity.people.grant(foreign, READ, user_id=eve)
    for refused in (
        identity.own.projects.show(ann, foreign),
        identity.own.projects.grants(ann, foreign),
        identity.own.projects.revoke(ann, foreign, grant),
        identity.own.projects.rename(ann, foreign, name="mine"),
    ):
        with pytest.raises(NotFoundError):
            await refused
    shop = await identity.people.project(identity.acme)
    with pytest.raises(NotFoundError):
        await identity.own.projects.revoke(ann, shop, grant)
    assert [one.id for one in await identity.own.projects.list(ann)] == [shop]


async def test_names_are_taken_once_in_an_organization(identity: IdentityBench) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    other = await identity.people.organization("other")
    await identity.people.project(other, "shop")
    shop = await identity.own.projects.create(ann, name="shop")
    await identity.own.projects.rename(ann, shop.value.id, name="shop")
    blog = await identity.own.projects.create(ann, name="blog")
    with pytest.raises(ConflictError):
        await identity.own.projects.create(ann, name=" shop ")
    with pytest.raises(ConflictError):
        await identity.own.projects.rename(ann, blog.value.id, name="shop")
