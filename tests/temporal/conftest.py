from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from contract.postgresql_server import Server, postgresql_server
from tasktrail.store.tables import metadata
from temporal.cluster_bench import ClusterBench, cluster_bench
from temporal.temporal_bench import TemporalBench, temporal_bench
from temporal.temporal_server import temporal_server


@pytest.fixture(scope="session")
def temporal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the Temporal server of this session."""
    with temporal_server(tmp_path_factory.mktemp("temporal")) as address:
        yield address


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """The PostgreSQL server of this session."""
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)[:12]
    with postgresql_server(session) as server:
        yield server


@pytest.fixture(scope="session")
def session_database(postgresql: Server) -> Iterator[str]:
    """A database that one test after the other uses."""
    name = f"temporal_{os.getpid()}"
    yield postgresql.make(name)
    postgresql.drop(name)


@pytest.fixture
def database(session_database: str) -> Iterator[str]:
    """A PostgreSQL database with nothing in its tables: it is that of a new installation."""
    yield session_database
    names = ", ".join(table.name for table in metadata.sorted_tables)
    with psycopg.connect(session_database, autocommit=True) as connection:
        connection.execute(
            "DO $$ BEGIN IF to_regclass('tasks') IS NOT NULL THEN "
            f"TRUNCATE {names}; END IF; END $$".encode()
        )


@pytest.fixture
async def bench(tmp_path: Path, database: str, temporal: str) -> AsyncIterator[TemporalBench]:
    """A control process, in this one, and a worker that starts no processes."""
    async with temporal_bench(tmp_path, database, temporal) as bench:
        yield bench


@pytest.fixture
async def cluster(tmp_path: Path, database: str) -> AsyncIterator[ClusterBench]:
    """Control processes, workers and a Temporal server of their own, none of which is started."""
    async with cluster_bench(tmp_path, database) as bench:
        yield bench
