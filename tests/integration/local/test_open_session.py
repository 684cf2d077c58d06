from __future__ import annotations

import asyncio
import fcntl
from collections.abc import Generator
from pathlib import Path

import pytest

from tasktrail.cli import session
from tasktrail.cli.session import EngineAt, open_session
from tasktrail.errors import DataDirectoryError
from tasktrail.local.request import TaskFilter


@pytest.fixture
def owned_by_somebody(tmp_path: Path) -> Generator[Path]:
    """A data directory that somebody owns who does not serve it."""
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield tmp_path


async def test_an_owner_that_does_not_serve_is_named_after_a_while(
    owned_by_somebody: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_PATIENCE", 0.2)
    with pytest.raises(DataDirectoryError, match="in use"):
        async with open_session(owned_by_somebody, engine=False):
            pass


async def test_an_owner_of_a_moment_is_waited_for(tmp_path: Path) -> None:
    lock = (tmp_path / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    asyncio.get_running_loop().call_later(0.2, lock.close)
    async with open_session(tmp_path, engine=False) as opened:
        assert opened.engine is EngineAt.NOWHERE
        assert (await opened.client.tasks(TaskFilter()))["items"] == []


async def test_whoever_owns_with_an_engine_serves_everybody_else(tmp_path: Path) -> None:
    async with open_session(tmp_path, engine=True) as owner:
        assert owner.engine is EngineAt.HERE
        async with open_session(tmp_path, engine=True) as other:
            assert other.engine is EngineAt.ELSEWHERE
            assert (await other.client.tasks(TaskFilter()))["items"] == []
    async with open_session(tmp_path, engine=False) as later:
        assert later.engine is EngineAt.NOWHERE
