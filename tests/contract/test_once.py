"""Requests with an idempotency key, on both databases (rest-contract.md, "General")."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from store_bench import ANN
from world_of_actions import ActionBench

from tasktrail.actions.once import Once, made_before
from tasktrail.actions.record import Recording, record
from tasktrail.actions.submit import Order, submit
from tasktrail.errors import ConflictError, InvalidInputError
from tasktrail.model.caller import operator
from tasktrail.model.instant import after
from tasktrail.store.identity.idempotency import REMEMBERED, Made, find_made, note_made
from tasktrail.store.transaction import Transaction

HELLO = "inputs: {name: string}\njobs: {a: {steps: [{run: 'true'}]}}"


def once(actions: ActionBench, key: str = "one", digest: str = "d", who: str = "user:7") -> Once:
    return Once(
        organization_id=actions.bench.organization_id, actor_key=who, key=key, digest=digest
    )


async def submitted(actions: ActionBench, wanted: Once | None, name: str = "x") -> int:
    if not (actions.directory / "hello.yml").exists():
        actions.runbook("hello", HELLO)
    definition = await actions.library.load("hello", actions.directory)
    order = Order(definition=definition, inputs={"name": name})
    return await submit(actions.decisions, actions.library, actions.actor(ANN), order, wanted)


async def test_the_same_request_gives_the_same_task_however_often_and_at_once(
    actions: ActionBench,
) -> None:
    wanted = once(actions)
    made = await asyncio.gather(*(submitted(actions, wanted) for _ in range(8)))
    assert len(set(made)) == 1
    assert await made_before(actions.decisions.store, wanted) == made[0]


async def test_another_request_another_person_and_another_key(actions: ActionBench) -> None:
    first = await submitted(actions, once(actions))
    with pytest.raises(ConflictError, match="used for another request"):
        await submitted(actions, once(actions, digest="other"))
    others = [
        await submitted(actions, once(actions, key="two")),
        await submitted(actions, once(actions, who="user:8")),
        await submitted(actions, None),
    ]
    assert len({first, *others}) == 4


async def test_what_was_refused_is_not_remembered(actions: ActionBench) -> None:
    wanted = once(actions)
    refused = Recording(name=" ", title="x")
    with pytest.raises(InvalidInputError):
        await record(actions.decisions, operator(actions.actor()), refused, wanted)
    assert await made_before(actions.decisions.store, wanted) is None
    task_id = await record(
        actions.decisions, operator(actions.actor()), replace(refused, name="n"), wanted
    )
    assert await made_before(actions.decisions.store, wanted) == task_id


async def test_a_key_is_forgotten_after_a_week(actions: ActionBench) -> None:
    task_id = await submitted(actions, None)
    here = actions.bench.organization_id
    now = actions.decisions.clock()

    def note(transaction: Transaction) -> None:
        connection = transaction.connection
        old = after(now, -REMEMBERED - 1)
        note_made(connection, here, "user:7", "old", Made("d", task_id), old)
        note_made(connection, here, "user:7", "recent", Made("d", task_id), after(old, 2))
        note_made(connection, here, "user:7", "new", Made("d", task_id), now)

    await actions.decisions.store.write(note)
    known = await actions.decisions.store.read(
        lambda connection: [
            find_made(connection, here, "user:7", key) for key in ("old", "recent", "new")
        ]
    )
    assert known == [None, Made("d", task_id), Made("d", task_id)]
