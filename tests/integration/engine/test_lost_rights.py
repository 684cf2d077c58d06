"""Rights that end while an engine works: queued tasks do not start, support access expires."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from contract.world_of_people import People
from tasktrail.actions.await_end import await_end
from tasktrail.actions.cancel import cancel
from tasktrail.actions.submit import Order, submit
from tasktrail.bootstrap import World, clock, open_world
from tasktrail.engine import support_upkeep
from tasktrail.model.access import Actor
from tasktrail.model.author import Role, superadmin
from tasktrail.model.caller import Caller, by_session, operator
from tasktrail.model.instant import Instant, after
from tasktrail.model.status import Status
from tasktrail.store.identity import tables
from tasktrail.store.identity.rights import actor_of_user
from tasktrail.store.states import load_state
from tasktrail.store.transaction import Transaction

WAIT = "name: wait\njobs: {main: {steps: [{name: Wait, run: 'sleep 60'}]}}\n"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """One slot, one definition that takes long, and two owners."""
    data = tmp_path / "data"
    (data / "definitions").mkdir(parents=True)
    (data / "config.toml").write_text("slots = 1\n")
    (data / "definitions" / "wait.yml").write_text(WAIT)
    async with open_world(data, engine=True) as world:
        yield world


async def person(world: World, name: str, role: Role) -> int:
    own = world.installation
    actor = Actor(author=superadmin(), organization_id=own.organization_id)
    added = await own.identities.users.add(
        operator(actor),
        email=f"{name}@example.com",
        name=name,
        role=role,
        staff=role is Role.SUPPORT,
    )
    return added.value.user.id


async def caller(world: World, user_id: int) -> Caller:
    own = world.installation
    actor = await own.decisions.store.read(
        lambda connection: actor_of_user(connection, user_id, own.organization_id, clock())
    )
    assert actor is not None
    people = People(own.decisions.store, clock())
    return by_session(actor, await people.session(user_id), user_id)


async def run(world: World, who: Caller) -> int:
    own = world.installation
    definition = await own.library.load("wait", world.directory.path)
    return await submit(own.decisions, own.library, who.actor, Order(definition=definition))


async def ended(world: World, task_id: int) -> Status:
    own = world.installation
    return await await_end(own.decisions.store, own.bulletin, task_id)


async def test_a_queued_task_of_who_was_removed_is_canceled_when_its_turn_comes(
    world: World,
) -> None:
    own = world.installation
    ann = await caller(world, await person(world, "ann", Role.OWNER))
    bob_id = await person(world, "bob", Role.ADMIN)
    running = await run(world, ann)
    waiting = await run(world, await caller(world, bob_id))
    await own.identities.members.remove(ann, bob_id)
    await cancel(own.decisions, ann, running, forced=True)
    assert await ended(world, waiting) is Status.CANCELED
    state = await own.decisions.store.read(lambda connection: load_state(connection, waiting))
    assert state.task.started_at is None
    assert state.task.cancel is not None
    assert state.task.cancel.reason == "bob may not run it any more"
    after_that = await run(world, ann)
    await cancel(own.decisions, ann, after_that, forced=True)
    assert await ended(world, after_that) is Status.CANCELED
    facts = await own.examine(True)
    assert [fact for fact in facts if not fact["ok"]] == [], "the records are sound"
    workspaces = world.directory.workspaces
    assert not workspaces.is_dir() or list(workspaces.iterdir()) == []


async def test_who_is_removed_between_asking_and_accepting_starts_nothing(world: World) -> None:
    own = world.installation
    ann = await caller(world, await person(world, "ann", Role.OWNER))
    bob_id = await person(world, "bob", Role.ADMIN)
    bob = await caller(world, bob_id)
    await own.identities.members.remove(ann, bob_id)
    task_id = await run(world, bob)
    assert await ended(world, task_id) is Status.CANCELED
    state = await own.decisions.store.read(lambda connection: load_state(connection, task_id))
    assert state.task.started_at is None


async def test_a_defect_of_ours_leaves_no_support_access_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = world.installation
    support = own.identities.support
    ann = await caller(world, await person(world, "ann", Role.OWNER))
    expire, again = support.expire, asyncio.Event()
    failures = 0

    async def failing_once() -> Instant | None:
        nonlocal failures
        if not failures:
            failures += 1
            raise RuntimeError("a defect of ours")
        again.set()
        return await expire()

    monkeypatch.setattr(support_upkeep, "_BEFORE_NEXT_TRY", 0.01)
    monkeypatch.setattr(support, "expire", failing_once)
    await support.open(
        ann,
        definitions=["wait"],
        reason="they cannot log in",
        until=after(clock(), 120),
        catalog=["wait"],
    )
    async with asyncio.timeout(30):
        await again.wait()
    assert failures == 1


async def test_what_support_has_running_is_stopped_when_its_access_expires(world: World) -> None:
    own = world.installation
    ann = await caller(world, await person(world, "ann", Role.OWNER))
    sue_id = await person(world, "sue", Role.SUPPORT)
    opened = await own.identities.support.open(
        ann,
        definitions=["wait"],
        reason="they cannot log in",
        until=after(clock(), 120),
        catalog=["wait"],
    )
    running = await run(world, await caller(world, sue_id))
    soon = after(clock(), 0.3)

    def shorten(transaction: Transaction) -> None:
        grants = tables.support_grants
        transaction.connection.execute(
            update(grants).where(grants.c.id == opened.value.id).values(expires_at=soon)
        )

    await own.decisions.store.write(shorten)
    # Another one is opened, so that the upkeep looks again when the next one is over.
    await own.identities.support.open(
        ann, definitions=["other"], reason="later", until=after(clock(), 120), catalog=["other"]
    )
    assert await ended(world, running) is Status.CANCELED
    (first, *_) = reversed(await own.identities.support.list(ann))
    assert first.closed_at is not None
    assert first.closed_at >= soon
    assert first.closed_by is None
    facts = await own.examine(True)
    assert [fact for fact in facts if not fact["ok"]] == [], "the records are sound"
