"""API keys, on both databases."""

from __future__ import annotations

import pytest
from identity_bench import IdentityBench
from sqlalchemy import select

from tasktrail.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
)
from tasktrail.model.author import AuthorKind, Role
from tasktrail.model.credential import KeyKind
from tasktrail.model.instant import after
from tasktrail.store.identity import tables


async def test_a_key_is_shown_once_and_kept_as_a_digest(identity: IdentityBench) -> None:
    max_ = await identity.new("Max")
    made = await identity.own.keys.create(max_, kind=KeyKind.USER, name="laptop")
    secret = str(made.value.secret)
    assert secret.startswith(f"tt_{made.value.key.id}_")
    assert (await identity.own.identification.of_key(secret)).user_id == max_.user_id
    rows = await identity.people.store.read(
        lambda connection: connection.execute(select(tables.api_keys)).all()
    )
    stored = repr(rows) + repr(await identity.recorded()) + repr(made.value)
    assert made.value.secret.token not in stored
    assert made.value.key.prefix == made.value.secret.token[:8]
    assert await identity.last() == ("key.create", "API key laptop (Max) was made", "Max")


async def test_a_revoked_key_is_nothing_at_once(identity: IdentityBench) -> None:
    max_ = await identity.new("Max")
    made = await identity.own.keys.create(max_, kind=KeyKind.USER, name="laptop")
    secret = str(made.value.secret)
    await identity.own.identification.of_key(secret)
    revoked = await identity.own.keys.revoke(max_, made.value.key.id)
    assert revoked.value.revoked_at == identity.people.now
    with pytest.raises(NotSignedInError):
        await identity.own.identification.of_key(secret)


async def test_a_key_is_revoked_once_and_that_recorded_once(identity: IdentityBench) -> None:
    max_, bob = await identity.new("Max"), await identity.new("Bob", Role.ADMIN)
    keys = identity.own.keys
    made = await keys.create(max_, kind=KeyKind.USER, name="laptop")
    revoked = await keys.revoke(max_, made.value.key.id)
    recorded = await identity.recorded()
    assert await identity.last() == ("key.revoke", "API key laptop (Max) was revoked", "Max")
    identity.people.wait(60)
    for again in (max_, bob):
        with pytest.raises(ConflictError, match="is revoked already"):
            await keys.revoke(again, made.value.key.id)
    assert await identity.recorded() == recorded
    assert await keys.list(max_) == [revoked.value]


async def test_the_key_of_who_was_removed_is_revoked_already(identity: IdentityBench) -> None:
    max_, bob = await identity.new("Max"), await identity.new("Bob", Role.ADMIN)
    made = await identity.own.keys.create(max_, kind=KeyKind.USER, name="laptop")
    assert max_.user_id is not None
    await identity.own.members.remove(bob, max_.user_id)
    recorded = await identity.recorded()
    with pytest.raises(ConflictError, match="is revoked already"):
        await identity.own.keys.revoke(bob, made.value.key.id)
    assert await identity.recorded() == recorded


async def test_members_see_and_revoke_their_own_keys_only(identity: IdentityBench) -> None:
    max_, eve = await identity.new("Max"), await identity.new("Eve")
    bob = await identity.new("Bob", Role.ADMIN)
    keys = identity.own.keys
    of_max = (await keys.create(max_, kind=KeyKind.USER, name="m")).value.key.id
    of_robot = (await keys.create(bob, kind=KeyKind.ROBOT, name="r")).value.key.id
    assert await keys.list(eve) == []
    assert [key.id for key in await keys.list(max_)] == [of_max]
    assert [key.id for key in await keys.list(bob)] == [of_max, of_robot]
    for key_id in (of_max, of_robot, 12345):
        with pytest.raises(NotFoundError):
            await keys.revoke(eve, key_id)
    await keys.revoke(bob, of_max)
    await keys.revoke(bob, of_robot)


async def test_an_admin_takes_no_keys_of_owners_and_other_admins_away(
    identity: IdentityBench,
) -> None:
    ann, bob = await identity.new("Ann", Role.OWNER), await identity.new("Bob", Role.ADMIN)
    other = await identity.new("Eve", Role.ADMIN)
    keys = identity.own.keys
    for whose in (ann, other):
        made = await keys.create(whose, kind=KeyKind.USER, name="k")
        with pytest.raises(NotAllowedError):
            await keys.revoke(bob, made.value.key.id)
        await keys.revoke(ann, made.value.key.id)
    own = await keys.create(bob, kind=KeyKind.USER, name="k")
    await keys.revoke(bob, own.value.key.id)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT])
async def test_nobody_makes_a_key_with_more_rights_than_his_own(
    identity: IdentityBench, role: Role
) -> None:
    caller = await identity.new("Max", role)
    victim = await identity.member("Ann", Role.OWNER)
    keys = identity.own.keys
    for refused in (
        keys.create(caller, kind=KeyKind.ROBOT, name="r"),
        keys.create(caller, kind=KeyKind.SUPERADMIN, name="s"),
        keys.create(caller, kind=KeyKind.USER, name="u", user_id=victim),
        keys.create(identity.robot, kind=KeyKind.USER, name="u"),
        keys.create(identity.robot, kind=KeyKind.ROBOT, name="r"),
        keys.create(await identity.new("Bob", Role.OWNER), kind=KeyKind.SUPERADMIN, name="s"),
    ):
        with pytest.raises(NotAllowedError):
            await refused


async def test_the_operator_makes_keys_of_every_kind(identity: IdentityBench) -> None:
    max_id = await identity.member("Max")
    keys = identity.own.keys
    found: list[tuple[AuthorKind, int | None]] = []
    for kind, user_id in (
        (KeyKind.ROBOT, None),
        (KeyKind.SUPERADMIN, None),
        (KeyKind.USER, max_id),
    ):
        made = await keys.create(identity.operator, kind=kind, name="k", user_id=user_id)
        caller = await identity.own.identification.of_key(str(made.value.secret))
        found.append((caller.actor.author.kind, caller.user_id))
    assert found == [
        (AuthorKind.ROBOT, None),
        (AuthorKind.SUPERADMIN, None),
        (AuthorKind.USER, max_id),
    ]
    with pytest.raises(NotFoundError):
        await keys.create(identity.operator, kind=KeyKind.USER, name="k", user_id=12345)
    with pytest.raises(NotAllowedError):
        await keys.create(identity.operator, kind=KeyKind.USER, name="k")


async def test_keys_of_superadmin_are_revoked_by_superadmin(identity: IdentityBench) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    made = await identity.own.keys.create(identity.operator, kind=KeyKind.SUPERADMIN, name="s")
    with pytest.raises(NotAllowedError):
        await identity.own.keys.revoke(ann, made.value.key.id)
    await identity.own.keys.revoke(identity.operator, made.value.key.id)


async def test_a_key_expires_and_is_not_made_expired(identity: IdentityBench) -> None:
    max_ = await identity.new("Max")
    now = identity.people.now
    with pytest.raises(InvalidInputError):
        await identity.own.keys.create(max_, kind=KeyKind.USER, name="k", expires_at=now)
    made = await identity.own.keys.create(
        max_, kind=KeyKind.USER, name="k", expires_at=after(now, 60)
    )
    await identity.own.identification.of_key(str(made.value.secret))
    identity.people.wait(60)
    with pytest.raises(NotSignedInError):
        await identity.own.identification.of_key(str(made.value.secret))


async def test_keys_of_another_organization_are_not_there(identity: IdentityBench) -> None:
    other = await identity.people.organization("other")
    eve = await identity.caller(await identity.people.member("Eve", other, Role.OWNER), other)
    max_ = await identity.new("Max")
    made = await identity.own.keys.create(max_, kind=KeyKind.USER, name="k")
    with pytest.raises(NotFoundError):
        await identity.own.keys.revoke(eve, made.value.key.id)
    assert await identity.own.keys.list(eve) == []
