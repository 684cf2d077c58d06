"""Who asks is looked at again in the transaction that does it, on both databases (access.md)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from identity_bench import QUICK, IdentityBench
from sqlalchemy import select
from store_bench import one_job

from tasktrail.actions.cancel import cancel
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.identity.identities import Identities, identities
from tasktrail.actions.identity.passwords import Passwords
from tasktrail.actions.record import Recording, record
from tasktrail.errors import NotAllowedError, NotFoundError, NotSignedInError, RefusedError
from tasktrail.model.access import Actor, ProjectRole
from tasktrail.model.author import Role, robot
from tasktrail.model.caller import Caller, by_key
from tasktrail.model.credential import KeyKind
from tasktrail.model.submission import Submission
from tasktrail.store.identity import tables
from tasktrail.store.identity.memberships import hold_rights, remove_member
from tasktrail.store.store import Store
from tasktrail.store.tables import tasks
from tasktrail.store.transaction import Transaction

Lose = Callable[[IdentityBench, Caller, Caller], Awaitable[object]]
"""Takes something away from the second caller, as the first."""


async def revoke(identity: IdentityBench, owner: Caller, caller: Caller) -> None:
    assert caller.key_id is not None
    await identity.own.keys.revoke(owner, caller.key_id)


async def sign_out(identity: IdentityBench, _: Caller, caller: Caller) -> None:
    await identity.own.sessions.sign_out(caller)


async def remove(identity: IdentityBench, owner: Caller, caller: Caller) -> None:
    await identity.own.members.remove(owner, caller.user_id or 0)


async def disable(identity: IdentityBench, _: Caller, caller: Caller) -> None:
    email = f"{caller.actor.author.name.lower()}@example.com"
    await identity.own.users.set_disabled(identity.operator, email, disabled=True)


async def lower(identity: IdentityBench, owner: Caller, caller: Caller) -> None:
    await identity.own.members.change_role(owner, caller.user_id or 0, Role.MEMBER)


async def expire(identity: IdentityBench, _: Caller, caller: Caller) -> None:
    assert caller.key_id is not None
    await identity.people.change(tables.api_keys, caller.key_id, expires_at=identity.people.now)


async def with_key(identity: IdentityBench, caller: Caller) -> Caller:
    made = await identity.own.keys.create(caller, kind=KeyKind.USER, name="laptop")
    return by_key(caller.actor, made.value.key.id, caller.user_id)


@pytest.mark.parametrize(
    ("keyed", "lose", "refusal"),
    [
        (True, revoke, NotSignedInError),
        (True, expire, NotSignedInError),
        (True, remove, NotSignedInError),
        (True, lower, NotAllowedError),
        (False, sign_out, NotSignedInError),
        (False, remove, NotSignedInError),
        (False, disable, NotSignedInError),
        (False, lower, NotAllowedError),
    ],
)
async def test_who_has_lost_the_right_since_being_found_changes_nothing(
    identity: IdentityBench, keyed: bool, lose: Lose, refusal: type[RefusedError]
) -> None:
    ann, bob = await identity.new("Ann", Role.OWNER), await identity.new("Bob", Role.ADMIN)
    asking = await with_key(identity, bob) if keyed else bob
    task_id = await entered(identity, ann)
    await lose(identity, ann, asking)
    before = await identity.recorded()
    for attempt in (
        identity.own.teams.create(asking, name="ops"),
        identity.own.projects.create(asking, name="shop"),
        identity.own.keys.create(asking, kind=KeyKind.ROBOT, name="ci"),
        identity.own.organizations.change(asking, name="bob's"),
        record(identity.decisions, asking, Recording(name="note", title="noted")),
    ):
        with pytest.raises(refusal):
            await attempt
    with pytest.raises(NotFoundError if refusal is NotAllowedError else refusal):
        await cancel(identity.decisions, asking, task_id, forced=False)
    assert await identity.recorded() == before


async def entered(identity: IdentityBench, author: Caller) -> int:
    wanted = Submission(organization_id=identity.acme, author=author.actor.author, plan=one_job())
    return await identity.decisions.make(lambda ledger: ledger.enter(wanted))


async def test_who_has_lost_a_role_in_a_project_records_nothing_there(
    identity: IdentityBench,
) -> None:
    project = await identity.people.project(identity.acme)
    max_id = await identity.member("Max")
    grant = await identity.people.grant(project, ProjectRole.WRITE, user_id=max_id)
    asking = await identity.caller(max_id)
    recording = Recording(name="note", title="noted", projects=("shop",))
    assert await record(identity.decisions, asking, recording)
    ann = await identity.new("Ann", Role.OWNER)
    await identity.own.projects.revoke(ann, project, grant)
    with pytest.raises(NotAllowedError):
        await record(identity.decisions, asking, recording)


async def test_what_was_given_since_counts_as_well(identity: IdentityBench) -> None:
    ann, max_ = await identity.new("Ann", Role.OWNER), await identity.new("Max")
    project = (await identity.own.projects.create(ann, name="shop")).value.id
    await identity.own.projects.grant(ann, project, ProjectRole.ADMIN, user_id=max_.user_id)
    changed = await identity.own.projects.rename(max_, project, name="store")
    assert changed.value.name == "store"


async def test_a_key_of_the_robot_that_was_revoked_does_nothing(identity: IdentityBench) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    made = await identity.own.keys.create(ann, kind=KeyKind.ROBOT, name="ci")
    actor = Actor(author=robot("Wodbot"), organization_id=identity.acme)
    asking = by_key(actor, made.value.key.id, None)
    note = Recording(name="note", title="noted")
    assert await record(identity.decisions, asking, note)
    await identity.own.keys.revoke(ann, made.value.key.id)
    with pytest.raises(NotSignedInError):
        await record(identity.decisions, asking, note)


@pytest.fixture
async def elsewhere(
    database: str, identity: IdentityBench, open_store: Callable[[], Store]
) -> AsyncIterator[Identities]:
    """The same people in another process; on SQLite, which one process owns, in this one."""
    store = open_store() if database == "postgresql" else identity.people.store
    passwords = Passwords(QUICK)
    yield identities(Decisions(store, identity.people.clock), passwords)
    passwords.close()
    if store is not identity.people.store:
        await store.aclose()


async def test_who_is_just_being_removed_is_waited_for(
    identity: IdentityBench, elsewhere: Identities
) -> None:
    bob = await identity.new("Bob", Role.ADMIN)
    begun, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def removing(transaction: Transaction) -> None:
        hold_rights(transaction.connection, identity.acme)
        remove_member(transaction.connection, identity.acme, bob.user_id or 0)
        loop.call_soon_threadsafe(begun.set)
        go_on.wait(30)

    removal = asyncio.ensure_future(identity.people.store.write(removing))
    await begun.wait()
    waiting: list[asyncio.Future[Any]] = [
        asyncio.ensure_future(elsewhere.teams.create(bob, name="ops")),
        asyncio.ensure_future(
            record(elsewhere.changes.decisions, bob, Recording(name="note", title="noted"))
        ),
    ]
    done, _ = await asyncio.wait(waiting, timeout=0.2)
    go_on.set()
    await removal
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert not done, "nothing is decided before the removal is"
    assert [type(result) for result in results] == [NotSignedInError] * 2
    assert await identity.recorded() == []


async def test_nobody_does_anything_after_having_been_removed_however_they_race(
    identity: IdentityBench, elsewhere: Identities
) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    for round_ in range(4):
        bob = await identity.new(f"Bob {round_}", Role.ADMIN)
        keyed = await with_key(identity, bob)
        note = Recording(name="note", title="noted")
        await asyncio.gather(
            identity.own.members.remove(ann, bob.user_id or 0),
            *(elsewhere.keys.create(bob, kind=KeyKind.USER, name="k") for _ in range(4)),
            *(record(elsewhere.changes.decisions, keyed, note) for _ in range(4)),
            *(elsewhere.teams.create(keyed, name=f"{round_} {n}") for n in range(4)),
            return_exceptions=True,
        )
        written = select(tasks.c.id).order_by(tasks.c.id)
        (removed,) = await identity.column(
            written.where(
                tasks.c.definition == "member.remove", tasks.c.title.contains(f"Bob {round_}")
            )
        )
        by_bob = await identity.column(written.where(tasks.c.author_id == bob.user_id))
        assert max(by_bob) < removed
        alive = select(tables.api_keys.c.id).where(
            tables.api_keys.c.user_id == bob.user_id, tables.api_keys.c.revoked_at.is_(None)
        )
        assert await identity.column(alive) == []
