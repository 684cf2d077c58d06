"""People who come from a provider, and the links that members get from each other."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from identity_bench import IdentityBench
from sqlalchemy import select

from tasktrail.actions.identity.provider_people import NotLetIn, ProvenIdentity, Welcoming
from tasktrail.errors import ConflictError, NotAllowedError, NotFoundError
from tasktrail.model.author import Role
from tasktrail.store.identity import tables

ANN = ProvenIdentity(
    issuer="https://sso.example.com",
    subject="1",
    email="Ann@Example.com",
    email_verified=True,
    name="Ann",
)


def only_known(identity: IdentityBench) -> Welcoming:
    return Welcoming(organization_id=identity.acme)


def everybody(identity: IdentityBench) -> Welcoming:
    return Welcoming(organization_id=identity.acme, provision=True)


async def test_a_person_is_found_by_a_verified_email_once_and_by_the_identity_then(
    identity: IdentityBench,
) -> None:
    ann = await identity.member("Ann")
    people = identity.own.provider_people
    assert await people.person(ANN, only_known(identity)) == ann
    assert await identity.last() == (
        "user.link-identity",
        "Ann (ann@example.com) is known to https://sso.example.com now",
        "Ann",
    )
    renamed = replace(ANN, email="other@example.com", email_verified=False)
    assert await people.person(renamed, only_known(identity)) == ann
    assert len(await identity.recorded()) == 1
    elsewhere = replace(ANN, issuer="https://other.example.com")
    assert await people.person(elsewhere, only_known(identity)) == ann


async def test_who_comes_twice_at_once_is_one_person(identity: IdentityBench) -> None:
    people = identity.own.provider_people
    for seen, welcoming in (
        (ANN, everybody(identity)),
        (replace(ANN, subject="2", email="bea@example.com"), everybody(identity)),
    ):
        came = await asyncio.gather(
            *(people.person(seen, welcoming) for _ in range(5)), return_exceptions=True
        )
        ids = {one for one in came if isinstance(one, int)}
        assert len(ids) == 1
        others = [one for one in came if not isinstance(one, int)]
        assert all(isinstance(one, ConflictError) for one in others), others
        assert await people.person(seen, welcoming) in ids
    assert len(await identity.column(select(tables.users.c.id))) == 2


async def test_who_is_let_in_becomes_a_member_by_the_robot(identity: IdentityBench) -> None:
    found = await identity.own.provider_people.person(ANN, everybody(identity))
    assert isinstance(found, int)
    assert (await identity.caller(found)).actor.author.role is Role.MEMBER
    assert await identity.last() == (
        "member.add",
        "Ann (ann@example.com) was added as a member",
        "Wodbot",
    )
    nameless = replace(ANN, subject="2", email="bea@example.com", name="\n")
    assert isinstance(await identity.own.provider_people.person(nameless, everybody(identity)), int)
    names = await identity.column(select(tables.users.c.name).order_by(tables.users.c.id))
    assert names == ["Ann", "bea@example.com"]


async def test_nobody_is_let_in_by_an_email_that_proves_nothing(identity: IdentityBench) -> None:
    await identity.member("Ann")
    people = identity.own.provider_people
    for seen in (replace(ANN, email_verified=False), replace(ANN, email=None)):
        for welcoming in (only_known(identity), everybody(identity)):
            assert await people.person(seen, welcoming) is NotLetIn.EMAIL_NOT_VERIFIED
    stranger = replace(ANN, email="eve@example.com")
    assert await people.person(stranger, only_known(identity)) is NotLetIn.UNKNOWN
    picky = replace(everybody(identity), domains=frozenset({"example.org"}))
    assert await people.person(ANN, picky) is NotLetIn.DOMAIN
    await people.person(ANN, only_known(identity))
    successor = replace(ANN, subject="2")
    assert await people.person(successor, everybody(identity)) is NotLetIn.KNOWN_OTHERWISE


async def test_links_are_made_by_those_who_manage_the_member_and_for_nobody_of_elsewhere(
    identity: IdentityBench,
) -> None:
    owner, admin = await identity.new("Olga", Role.OWNER), await identity.new("Adam", Role.ADMIN)
    max_, links = await identity.member("Max"), identity.own.member_links
    made = await links.create(admin, max_)
    assert await identity.last() == (
        "member.link",
        "A link for Max (max@example.com) was made (invitation)",
        "Adam",
    )
    assert await identity.own.links.redeem(made.value, password=None) == max_
    assert (await identity.last())[0] == "user.use-link"
    assert owner.user_id is not None
    with pytest.raises(NotAllowedError):
        await links.create(admin, owner.user_id)
    with pytest.raises(NotAllowedError):
        await links.create(await identity.caller(max_), max_)
    with pytest.raises(NotFoundError):
        await links.create(owner, 987654)
    elsewhere = await identity.people.organization("elsewhere")
    await identity.people.joins(max_, elsewhere, Role.OWNER)
    with pytest.raises(ConflictError):
        await links.create(owner, max_)


async def test_two_who_change_a_team_at_once_are_both_in_it(identity: IdentityBench) -> None:
    owner = await identity.new("Olga", Role.OWNER)
    ids = [await identity.member(f"M{number}") for number in range(6)]
    team = (await identity.own.teams.create(owner, name="ops")).value.id
    await asyncio.gather(*(identity.own.teams.add_member(owner, team, one) for one in ids))
    await identity.own.teams.remove_member(owner, team, ids[0])
    (found,) = await identity.own.teams.list(owner)
    assert found.user_ids == tuple(ids[1:])
    with pytest.raises(NotFoundError):
        await identity.own.teams.remove_member(owner, team, ids[0])
