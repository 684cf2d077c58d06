"""Processes that share a database hear each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.store.telegraph import Telegraph

pytestmark = pytest.mark.postgresql


class Ear:
    """What a process hears."""

    def __init__(self, telegraph: Telegraph) -> None:
        self.telegraph = telegraph
        self.words: asyncio.Queue[str] = asyncio.Queue()
        self.begun: asyncio.Queue[None] = asyncio.Queue()
        self.listening = asyncio.ensure_future(
            telegraph.listen(self.words.put_nowait, lambda: self.begun.put_nowait(None))
        )

    async def hear(self, count: int) -> list[str]:
        return [await self.words.get() for _ in range(count)]


@pytest.fixture
async def ears(postgresql_url: str) -> AsyncIterator[tuple[Ear, Ear]]:
    """Two processes that listen."""
    store = PostgresqlStore(postgresql_url)
    one, two = (Ear(Telegraph(store, postgresql_url)) for _ in range(2))
    await one.begun.get()
    await two.begun.get()
    yield one, two
    for ear in (one, two):
        await ear.telegraph.aclose()
        ear.listening.cancel()
        await asyncio.wait([ear.listening])
    await store.aclose()


async def test_others_hear_what_is_said_in_its_order_and_who_says_it_does_not(
    ears: tuple[Ear, Ear],
) -> None:
    one, two = ears
    one.telegraph.send("task:1.")
    one.telegraph.send("task:2.l")
    assert await two.hear(2) == ["task:1.", "task:2.l"]
    two.telegraph.send("rights:")
    assert await one.hear(1) == ["rights:"]
    assert two.words.empty()


async def test_more_words_than_a_message_holds_are_all_heard(ears: tuple[Ear, Ear]) -> None:
    one, two = ears
    words = [f"task:{number}." for number in range(3000)]
    for word in words:
        one.telegraph.send(word)
    assert await two.hear(3000) == words


async def test_who_may_have_missed_something_is_told_so(
    ears: tuple[Ear, Ear], postgresql_url: str
) -> None:
    one, two = ears
    with psycopg.connect(postgresql_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE query = 'LISTEN tasktrail' AND datname = current_database()"
        )
    await one.begun.get()
    await two.begun.get()
    one.telegraph.send("task:1.")
    assert await two.hear(1) == ["task:1."]
