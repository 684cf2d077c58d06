"""Entries that are committed after later ones are passed over by nobody, on PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest
from store_bench import ANN, Bench

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.live.news_stream import NewsStreams
from tasktrail.actions.live.news_wire import NewsWire
from tasktrail.actions.live.outlet import Pace
from tasktrail.actions.record import Recording, enter_record, record
from tasktrail.model.access import Actor
from tasktrail.model.caller import operator
from tasktrail.store import event_horizon
from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.store.task_news import changed_between

pytestmark = pytest.mark.postgresql


@pytest.fixture
async def bench(postgresql_url: str) -> AsyncIterator[Bench]:
    store = PostgresqlStore(postgresql_url)
    yield await Bench.of(store)
    await store.aclose()


@pytest.fixture
def decisions(bench: Bench) -> Decisions:
    return Decisions(bench.store, bench.tick)


class Held:
    """A task that is entered, and whose transaction is open until it is let go."""

    def __init__(self, bench: Bench, decisions: Decisions) -> None:
        self._actor = actor(bench)
        self._begun = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._go_on = threading.Event()
        self.task_id = asyncio.ensure_future(decisions.make(self._enter))

    async def begun(self) -> None:
        await self._begun.wait()

    def let_go(self) -> None:
        self._go_on.set()

    def _enter(self, ledger: Ledger) -> int:
        task_id = enter_record(ledger, self._actor, Recording(name="note", title="held"))
        _ = ledger.transaction.connection  # all of it is written, and has its ids
        self._loop.call_soon_threadsafe(self._begun.set)
        self._go_on.wait(30)
        return task_id


def actor(bench: Bench) -> Actor:
    return Actor(author=ANN, organization_id=bench.organization_id)


@asynccontextmanager
async def held(bench: Bench, decisions: Decisions) -> AsyncGenerator[Held]:
    one = Held(bench, decisions)
    await one.begun()
    try:
        yield one
    finally:
        one.let_go()
        await asyncio.gather(one.task_id, return_exceptions=True)


async def noted(bench: Bench, decisions: Decisions) -> int:
    note = Recording(name="note", title="later")
    return await record(decisions, operator(actor(bench)), note)


async def test_an_open_transaction_that_has_a_lower_id_is_waited_for(
    bench: Bench, decisions: Decisions
) -> None:
    async with held(bench, decisions) as first:
        later = await noted(bench, decisions)
        settled = asyncio.ensure_future(bench.store.settled_event())
        done, _ = await asyncio.wait([settled], timeout=0.1)
        assert not done
        first.let_go()
        reached = await settled
    found = await bench.read(lambda connection: changed_between(connection, 0, reached))
    assert sorted(found) == sorted([await first.task_id, later])


async def test_who_follows_is_told_in_the_order_of_the_ids_and_may_come_back_at_each(
    bench: Bench, decisions: Decisions
) -> None:
    wire = NewsWire()
    decisions.subscribe(wire.follow)
    streams = NewsStreams(bench.store, wire, Pace())
    told: list[tuple[str, int]] = []
    before = await noted(bench, decisions)

    async def follow(position: str, wanted: int) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        async with aclosing(streams.open(actor(bench), position).events()) as texts:
            async for text in texts:
                found += told_of(text)
                if len(found) == wanted:
                    break
        return found

    following = asyncio.ensure_future(follow("1.0", 3))
    async with held(bench, decisions) as first:
        later = await noted(bench, decisions)
        await asyncio.wait([following], timeout=0.3)
        assert not following.done()
        first.let_go()
        told = await following
    assert [task_id for _, task_id in told] == [before, await first.task_id, later]
    for number, (position, _) in enumerate(told[:-1], 1):
        assert await follow(position, len(told) - number) == told[number:]


def told_of(text: bytes) -> list[tuple[str, int]]:
    """The ids of events, and of the tasks that they tell of."""
    found: list[tuple[str, int]] = []
    for block in text.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if fields.get("event") == "task":
            found.append((fields["id"], json.loads(fields["data"])["id"]))
    return found


async def test_a_transaction_that_is_left_lying_silences_nobody_for_long(
    bench: Bench,
    decisions: Decisions,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with held(bench, decisions):
        await noted(bench, decisions)
        monkeypatch.setattr(event_horizon, "PATIENCE", 0.05)
        with caplog.at_level(logging.WARNING):
            assert await bench.store.settled_event()
        assert "a transaction on the records has been open" in caplog.text
        monkeypatch.setattr(event_horizon, "PATIENCE", 60.0)
        later = await noted(bench, decisions)
        async with asyncio.timeout(10):  # it is not waited for again
            reached = await bench.store.settled_event()
    found = await bench.read(lambda connection: changed_between(connection, 0, reached))
    assert later in found
