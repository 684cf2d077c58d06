from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from integration.api.api_bench import ApiBench, api_bench


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[ApiBench]:
    """A server with an engine."""
    async with api_bench(tmp_path) as bench:
        yield bench


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiBench]:
    """A server with an engine for all tests of a module, which do not come in each other's way."""
    async with api_bench(tmp_path_factory.mktemp("api")) as bench:
        yield bench
