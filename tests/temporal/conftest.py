from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from temporal.cluster_bench import ClusterBench, cluster_bench
from temporal.temporal_bench import TemporalBench, temporal_bench
from temporal.temporal_server import temporal_server


@pytest.fixture(scope="session")
def temporal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the Temporal server of this session."""
    with temporal_server(tmp_path_factory.mktemp("temporal")) as address:
        yield address


@pytest.fixture
def database(postgresql_url: str) -> str:
    """The database of a new installation."""
    return postgresql_url


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
