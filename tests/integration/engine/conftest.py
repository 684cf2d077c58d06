from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from engine_bench import Bench, bench_of


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A world with an engine of eight slots."""
    async with bench_of(tmp_path) as bench:
        yield bench


@pytest.fixture
async def narrow_bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A world with an engine of one slot."""
    async with bench_of(tmp_path, slots=1) as bench:
        yield bench
