"""One engine at a time owns a PostgreSQL database, whatever becomes of its connections."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest
from store_bench import Bench

from tasktrail.errors import StoreUnavailableError
from tasktrail.model.status import Status
from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.store.transaction import Transaction

pytestmark = pytest.mark.postgresql


@pytest.fixture
async def opened(postgresql_url: str) -> AsyncIterator[Callable[[], PostgresqlStore]]:
    stores: list[PostgresqlStore] = []

    def make() -> PostgresqlStore:
        stores.append(PostgresqlStore(postgresql_url))
        return stores[-1]

    yield make
    for store in stores:
        await store.aclose()


def cut_owner(url: str) -> None:
    """End the connection that holds the lock of the owner, and return once it is gone."""
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'"
            " AND ((classid::bigint << 32) | objid::bigint) ="
            " hashtextextended('tasktrail engine', 0)"
        )


async def test_a_second_engine_is_refused_until_the_first_has_left(
    opened: Callable[[], PostgresqlStore],
) -> None:
    first, second = opened(), opened()
    assert first.own()
    assert not second.own()
    await first.aclose()
    assert second.own()


async def test_an_owner_whose_lock_was_lost_takes_it_again_with_the_next_write(
    opened: Callable[[], PostgresqlStore], postgresql_url: str
) -> None:
    store, other = opened(), opened()
    assert store.own()
    bench = await Bench.of(store)
    cut_owner(postgresql_url)
    ids = await asyncio.gather(*(bench.submit() for _ in range(8)))
    assert len(set(ids)) == 8
    assert store.ownership.times_taken == 2
    assert not other.own()


async def test_an_owner_that_was_replaced_writes_nothing_any_more(
    opened: Callable[[], PostgresqlStore], postgresql_url: str
) -> None:
    old, new = opened(), opened()
    assert old.own()
    bench = await Bench.of(old)
    cut_owner(postgresql_url)
    assert new.own()
    task_id = await Bench(new, bench.organization_id).submit()
    for _ in range(2):
        with pytest.raises(StoreUnavailableError, match="another engine has taken the database"):
            await bench.submit()
    assert old.ownership.taken_over
    assert await bench.status(task_id) is Status.QUEUED, "reads are answered"
    await new.aclose()
    with pytest.raises(StoreUnavailableError, match="another engine has taken the database"):
        await bench.submit()  # its running work was settled as lost: it has to start anew


async def test_a_new_owner_waits_for_what_the_old_one_has_begun(
    opened: Callable[[], PostgresqlStore], postgresql_url: str
) -> None:
    old, new = opened(), opened()
    assert old.own()
    bench = await Bench.of(old)
    begun, go_on = threading.Event(), threading.Event()

    def write(transaction: Transaction) -> None:
        begun.set()
        assert go_on.wait(30)

    writing = asyncio.create_task(bench.store.write(write))
    await asyncio.to_thread(begun.wait)
    cut_owner(postgresql_url)
    owning = asyncio.create_task(asyncio.to_thread(new.own))
    await asyncio.to_thread(until_somebody_waits, postgresql_url)
    assert not owning.done()
    go_on.set()
    await writing
    assert await owning


def until_somebody_waits(url: str) -> None:
    """Return once a connection waits for an advisory lock."""
    with psycopg.connect(url, autocommit=True) as other:
        question = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while other.execute(question).fetchone() == (0,):
            pass
