"""Signing in by password and by link, on both databases."""

from __future__ import annotations

import asyncio
import time

import pytest
from identity_bench import IdentityBench
from sqlalchemy import select

from tasktrail.actions.identity.failed_sign_ins import (
    FIRST_LOCK,
    FREE_FAILURES,
    LONGEST_LOCK,
    lock_seconds,
)
from tasktrail.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotSignedInError,
    TooManyRequestsError,
)
from tasktrail.model.author import Role
from tasktrail.model.caller import Caller
from tasktrail.store.identity import tables

PASSWORD = "correct horse battery"


async def known(identity: IdentityBench, name: str = "Max", role: Role = Role.MEMBER) -> int:
    """Somebody with a password."""
    user_id = await identity.member(name, role)
    invited = await identity.own.users.link(identity.operator, f"{name.lower()}@example.com")
    assert invited.value.link_token is not None
    await identity.own.links.redeem(invited.value.link_token, password=PASSWORD)
    return user_id


async def sign_in(
    identity: IdentityBench, email: str = "max@example.com", password: str = PASSWORD
) -> Caller:
    signed_in = await identity.own.sessions.sign_in(
        email=email, password=password, source="192.0.2.1"
    )
    return await identity.own.identification.of_session(
        signed_in.value.token, signed_in.value.organization_id
    )


async def refused(identity: IdentityBench, email: str, password: str) -> str:
    with pytest.raises(NotSignedInError) as error:
        await sign_in(identity, email, password)
    await identity.own.sessions.settled()
    return str(error.value)


async def test_a_session_begins_and_ends_each_as_a_silent_task(identity: IdentityBench) -> None:
    user_id = await known(identity)
    caller = await sign_in(identity, " Max@Example.COM")
    assert caller.user_id == user_id
    await identity.own.sessions.sign_out(caller)
    assert (await identity.recorded())[-2:] == [
        ("session.sign-in", "Max signed in", "Max", True),
        ("session.sign-out", "Max signed out", "Max", True),
    ]
    stored = await identity.column(select(tables.sessions.c.ended_at))
    assert stored == [identity.people.now]


async def test_a_token_is_nothing_after_signing_out_and_always_a_new_one(
    identity: IdentityBench,
) -> None:
    await known(identity)
    sessions = identity.own.sessions
    first, second = [
        (await sessions.sign_in(email="max@example.com", password=PASSWORD, source="s")).value
        for _ in range(2)
    ]
    assert first.token != second.token
    digests = await identity.column(select(tables.sessions.c.digest))
    assert first.token not in digests
    of_session = identity.own.identification.of_session
    await sessions.sign_out(await of_session(first.token, None))
    with pytest.raises(NotSignedInError):
        await of_session(first.token, None)
    await of_session(second.token, None)


async def test_failures_look_all_the_same(identity: IdentityBench) -> None:
    await known(identity)
    await identity.member("New")
    off = await known(identity, "Off")
    await identity.people.change(tables.users, off, disabled_at=identity.people.now)
    said = {
        await refused(identity, "max@example.com", "wrong"),
        await refused(identity, "nobody@example.com", PASSWORD),
        await refused(identity, "new@example.com", ""),
        await refused(identity, "off@example.com", PASSWORD),
        await refused(identity, "max@example.com", "\udc80\0"),
    }
    assert len(said) == 1


async def test_after_several_failures_not_even_the_right_password_is_taken_for_a_while(
    identity: IdentityBench,
) -> None:
    await known(identity)
    for _ in range(FREE_FAILURES):
        await refused(identity, "max@example.com", "wrong")
    identity.people.wait(FIRST_LOCK - 1)
    await refused(identity, "max@example.com", PASSWORD)
    identity.people.wait(1)
    await sign_in(identity)
    failures = await identity.column(select(tables.users.c.failed_sign_ins))
    assert failures == [0]


async def test_trying_does_not_keep_locked_out_longer(identity: IdentityBench) -> None:
    await known(identity)
    for _ in range(FREE_FAILURES):
        await refused(identity, "max@example.com", "wrong")
    until = await identity.column(select(tables.users.c.locked_until))
    identity.people.wait(10)
    await refused(identity, "max@example.com", "wrong")
    assert await identity.column(select(tables.users.c.locked_until)) == until


def test_each_lock_is_twice_as_long_up_to_the_longest() -> None:
    found = [lock_seconds(FREE_FAILURES + more) for more in range(7)]
    assert found == [30, 60, 120, 240, 480, 900, 900]
    assert lock_seconds(10**9) == LONGEST_LOCK


async def test_tries_at_one_email_and_from_one_place_are_limited(
    identity: IdentityBench,
) -> None:
    tries, limited = await _tries(identity, "nobody@example.com")
    assert tries == 10
    assert 0 < limited.retry_after <= 60
    identity.people.wait(limited.retry_after)
    await refused(identity, "nobody@example.com", "x")
    tries, _ = await _tries(identity, "nobody{}@example.com")
    assert 0 < tries <= 20


async def _tries(identity: IdentityBench, email: str) -> tuple[int, TooManyRequestsError]:
    """How often somebody may try until it is too often."""
    for number in range(100):
        try:
            await refused(identity, email.format(number), "x")
        except TooManyRequestsError as limited:
            return number, limited
    raise AssertionError("there is no limit")


async def test_a_person_of_no_organization_is_told_so_only_with_the_right_password(
    identity: IdentityBench,
) -> None:
    user_id = await known(identity)
    ann = await identity.new("Ann", Role.OWNER)
    await identity.own.members.remove(ann, user_id)
    await refused(identity, "max@example.com", "wrong")
    with pytest.raises(NotAllowedError, match="no organization"):
        await sign_in(identity)


async def test_a_new_password_ends_the_other_sessions(identity: IdentityBench) -> None:
    await known(identity)
    other, caller = await sign_in(identity), await sign_in(identity)
    change = identity.own.sessions.change_password
    with pytest.raises(NotSignedInError):
        await change(caller, before="wrong", after="another long password")
    for weak in ("short", "aaaaaaaaaaaaaaaa", "max@example.com"):
        with pytest.raises(InvalidInputError):
            await change(caller, before=PASSWORD, after=weak)
    await change(caller, before=PASSWORD, after="another long password")
    assert await identity.last() == ("user.change-password", "Max has a new password", "Max")
    ended = select(tables.sessions.c.ended_at.is_not(None)).order_by(tables.sessions.c.id)
    assert [bool(one) for one in await identity.column(ended)] == [True, False]
    identity.people.wait(3600)
    await refused(identity, "max@example.com", PASSWORD)
    assert other.user_id == (await sign_in(identity, password="another long password")).user_id


async def test_a_link_works_once_and_only_the_newest(identity: IdentityBench) -> None:
    await identity.member("Max")
    link, redeem = identity.own.users.link, identity.own.links.redeem
    old = (await link(identity.operator, "max@example.com")).value.link_token or ""
    new = (await link(identity.operator, "max@example.com")).value.link_token or ""
    with pytest.raises(NotSignedInError):
        await redeem(old, password=PASSWORD)
    with pytest.raises(InvalidInputError):
        await redeem(new, password="short")
    both = await asyncio.gather(
        redeem(new, password=PASSWORD), redeem(new, password=PASSWORD), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in both) == ["NotSignedInError", "int"]
    await sign_in(identity)


async def test_a_link_expires_and_is_nothing_for_who_is_disabled(identity: IdentityBench) -> None:
    await identity.member("Max")
    link = identity.own.users.link
    token = (await link(identity.operator, "max@example.com")).value.link_token or ""
    identity.people.wait(7 * 86400)
    with pytest.raises(NotSignedInError):
        await identity.own.links.redeem(token, password=PASSWORD)
    token = (await link(identity.operator, "max@example.com")).value.link_token or ""
    await identity.own.users.set_disabled(identity.operator, "max@example.com", disabled=True)
    with pytest.raises(NotSignedInError):
        await identity.own.links.look(token)


async def test_a_reset_ends_all_sessions(identity: IdentityBench) -> None:
    await known(identity)
    session = await identity.own.sessions.sign_in(
        email="max@example.com", password=PASSWORD, source="s"
    )
    token = (
        await identity.own.users.link(identity.operator, "max@example.com")
    ).value.link_token or ""
    await identity.own.links.redeem(token, password="another long password")
    with pytest.raises(NotSignedInError):
        await identity.own.identification.of_session(session.value.token, None)


async def test_the_first_owner_comes_by_a_link_and_says_how_to_be_called(
    identity: IdentityBench,
) -> None:
    links = identity.own.links
    unused = await links.first_owner(identity.operator.actor)
    token = await links.first_owner(identity.operator.actor)
    assert unused is not None
    assert token is not None
    with pytest.raises(NotSignedInError):
        await links.look(unused)
    user_id = await links.redeem(token, password=PASSWORD, name="Ann", email="Ann@Example.com")
    caller = await sign_in(identity, "ann@example.com")
    assert (caller.user_id, caller.actor.author.role) == (user_id, Role.OWNER)
    assert await links.first_owner(identity.operator.actor) is None


async def test_an_invitation_gives_nobody_another_email(identity: IdentityBench) -> None:
    await identity.member("Ann", Role.OWNER)
    await identity.member("Max")
    token = (
        await identity.own.users.link(identity.operator, "max@example.com")
    ).value.link_token or ""
    await identity.own.links.redeem(token, password=PASSWORD, email="ann@example.com")
    emails = await identity.column(select(tables.users.c.email).order_by(tables.users.c.id))
    assert emails == ["ann@example.com", "max@example.com"]


async def test_a_first_owner_does_not_take_the_email_of_somebody_else(
    identity: IdentityBench,
) -> None:
    token = await identity.own.links.first_owner(identity.operator.actor)
    await identity.member("Max")
    with pytest.raises(ConflictError):
        await identity.own.links.redeem(
            token or "", password=PASSWORD, name="A", email="max@example.com"
        )


async def test_hashing_leaves_the_loop_free(identity: IdentityBench) -> None:
    await known(identity)
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - before)

    watching = asyncio.ensure_future(watch())
    await sign_in(identity)
    watching.cancel()
    assert longest < 1.0
