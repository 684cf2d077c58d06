from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from integration.worker.control_bench import ControlBench, control_bench


@pytest.fixture
async def control(tmp_path: Path) -> AsyncIterator[ControlBench]:
    """A control process that serves its API."""
    async with control_bench(tmp_path) as bench:
        yield bench
