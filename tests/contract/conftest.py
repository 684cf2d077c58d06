from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from identity_bench import IdentityBench, identity_bench
from store_bench import Bench
from world_of_actions import ActionBench, action_bench

from contract.postgresql_server import Server
from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.store.sqlite import SqliteStore
from tasktrail.store.store import Store

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)


@pytest.fixture(params=["sqlite", POSTGRESQL])
def database(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on."""
    return request.param


@pytest.fixture
def open_store(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[], Store]:
    """Opens a store on the database of the test."""
    if database == "sqlite":
        return lambda: SqliteStore(tmp_path / "tasktrail.db")
    url = request.getfixturevalue("postgresql_url")
    return lambda: PostgresqlStore(url)


@pytest.fixture
async def store(open_store: Callable[[], Store]) -> AsyncIterator[Store]:
    """A store with nothing in it."""
    store = open_store()
    yield store
    await store.aclose()


@pytest.fixture
async def bench(store: Store) -> Bench:
    """A store with one organization."""
    return await Bench.of(store)


@pytest.fixture
async def identity(store: Store) -> AsyncIterator[IdentityBench]:
    """One organization, and all that is done about people."""
    bench, passwords = await identity_bench(store)
    yield bench
    await bench.own.sessions.settled()
    passwords.close()


@pytest.fixture
async def actions(store: Store, tmp_path: Path) -> ActionBench:
    """Authors who submit tasks of runbooks to a store."""
    return await action_bench(store, tmp_path / "definitions")


@pytest.fixture
def empty_url(postgresql: Server) -> Iterator[Callable[[], str]]:
    """Gives addresses of new PostgreSQL databases without tables."""
    numbers = count(1)
    made: list[str] = []

    def make() -> str:
        made.append(f"empty_{os.getpid()}_{next(numbers)}")
        return postgresql.make(made[-1])

    yield make
    for name in made:
        postgresql.drop(name)


@pytest.fixture(params=["sqlite", POSTGRESQL])
def open_empty(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Opens a store on a database that has no tables before the first call."""
    if request.param == "sqlite":
        return lambda: SqliteStore(tmp_path / "empty.db")
    url: str = request.getfixturevalue("empty_url")()
    return lambda: PostgresqlStore(url)
