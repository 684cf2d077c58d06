from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from process_trees import Bench

from tasktrail.model.instant import Instant
from tasktrail.runners.cgroup_mount import find_cgroup_base
from tasktrail.runners.supervisor import Supervisor


@pytest.fixture
def directory() -> str:
    """The id of a data directory that nobody else uses."""
    return uuid4().hex[:12]


@pytest.fixture(params=["cgroup", "scan"])
def cgroup_base(request: pytest.FixtureRequest) -> Path | None:
    """Both ways of holding a tree, as far as the machine has them."""
    if request.param == "scan":
        return None
    base = find_cgroup_base()
    if base is None:
        pytest.skip("no cgroup v2 can be made here")
    return base


@pytest.fixture
async def supervisor(directory: str, cgroup_base: Path | None) -> AsyncIterator[Supervisor]:
    """A supervisor that kills what a test leaves."""
    supervisor = Supervisor(
        life=f"{directory}:1",
        clock=lambda: Instant(time.time_ns() // 1000),
        cgroup_base=cgroup_base,
    )
    yield supervisor
    await supervisor.aclose()


@pytest.fixture
def bench(supervisor: Supervisor, directory: str, tmp_path: Path) -> Bench:
    """Starts scripts under the supervisor."""
    return Bench(supervisor, f"{directory}:1", tmp_path)
