"""A verification finds what is wrong, and nothing where all is well."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from faults.lives import Lives
from tasktrail.data_directory import own_data_directory
from tasktrail.logs.place import LogPlace
from tasktrail.runners.command_spec import MARKER_VARIABLE
from tasktrail.store.sqlite import SqliteStore
from tasktrail.verification.finding import Finding, Invariant
from tasktrail.verification.verify import verify


@pytest.fixture(scope="module")
def finished(lives: Lives, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory in which two tasks are done with warnings."""
    here = tmp_path_factory.mktemp("finished")
    assert lives.live(here, "commands") == 0
    return here / "data"


@pytest.fixture
def data(finished: Path, tmp_path: Path) -> Path:
    """A copy that may be spoiled."""
    return Path(shutil.copytree(finished, tmp_path / "data"))


async def findings(data: Path) -> tuple[Finding, ...]:
    directory = own_data_directory(data)
    store = SqliteStore(directory.database)
    try:
        found = await verify(store, LogPlace(directory.logs), directory.identity)
    finally:
        await store.aclose()
        directory.release()
    assert found.tasks == 2
    return found.findings


async def invariants_broken(data: Path) -> set[Invariant]:
    return {finding.invariant for finding in await findings(data)}


async def test_nothing_is_found_where_all_is_well(data: Path) -> None:
    assert await findings(data) == ()


LAST_STEP = "(SELECT max(id) FROM steps)"
WARNED = "(SELECT min(id) FROM steps WHERE status = 'done_with_warnings')"
SAFE = "(SELECT min(id) FROM steps WHERE name = 'Safe')"
CLAIM = (
    "INSERT INTO lock_claims (organization_id, name, task_id, requested_at, granted_at)"
    " VALUES (1, 'database', 1, 1, 1)"
)
AFTER_THE_END = (
    "INSERT INTO events (task_id, at, kind, from_status, to_status)"
    " VALUES (1, 9000000000000000, 'status', 'done_with_warnings', 'queued')"
)
ERRED = """UPDATE attempts SET outcome = '{"type": "errored", "message": "", "reference": "r"}'"""
FAILED = """UPDATE tasks SET status = 'failed', error = '{"kind": "user", "message": "?"}'"""


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        (f"UPDATE steps SET name = 'Other' WHERE id = {LAST_STEP}", Invariant.WHOLE),
        ("DELETE FROM events WHERE kind = 'recorded' AND task_id = 1", Invariant.WHOLE),
        (
            "DELETE FROM events WHERE to_status = 'in_progress' AND job_id IS NULL",
            Invariant.TRANSITIONS,
        ),
        ("UPDATE events SET to_status = 'skipped' WHERE to_status = 'done'", Invariant.TRANSITIONS),
        ("UPDATE events SET at = at - 60000000 WHERE to_status = 'done'", Invariant.TRANSITIONS),
        ("UPDATE steps SET attempts = 7 WHERE name = 'Safe'", Invariant.TRANSITIONS),
        (CLAIM, Invariant.OWNERS),
        (f"UPDATE attempts SET started_at = 1 WHERE step_id = {SAFE}", Invariant.ORDER),
        ("UPDATE jobs SET started_at = 1 WHERE name = 'publish'", Invariant.ORDER),
        (AFTER_THE_END, Invariant.FINAL),
        (f"{ERRED} WHERE step_id = {WARNED}", Invariant.WARNINGS),
        (f"{FAILED} WHERE id = 1", Invariant.FAILURES),
        ("UPDATE jobs SET status = 'done' WHERE name = 'build'", Invariant.FAILURES),
        ("UPDATE tasks SET organization_id = 7 WHERE id = 1", Invariant.DATABASE),
    ],
)
async def test_a_record_that_was_spoiled_is_found(
    data: Path, statement: str, broken: Invariant
) -> None:
    with sqlite3.connect(data / "tasktrail.db") as database:
        assert database.execute(statement).rowcount > 0
    database.close()
    assert broken in await invariants_broken(data)


def _cut(log: Path) -> None:
    log.write_bytes(log.read_bytes()[:-1])


def _extend(log: Path) -> None:
    log.write_bytes(log.read_bytes() + b"more")


def _flip(log: Path) -> None:
    content = bytearray(log.read_bytes())
    content[len(content) // 4] ^= 1
    log.write_bytes(content)


@pytest.mark.parametrize("spoil", [Path.unlink, _cut, _extend, _flip])
async def test_a_log_that_was_spoiled_is_found(data: Path, spoil: Callable[[Path], None]) -> None:
    spoil(next((data / "logs").rglob("*.log")))
    assert await invariants_broken(data) == {Invariant.LOGS}


async def test_a_process_of_an_attempt_that_ended_is_found(data: Path) -> None:
    own_data_directory(data).release()  # a copy gets an identity of its own
    identity = (data / "identity").read_text().split()[0]
    left = await asyncio.create_subprocess_exec(
        "sleep", "60", env={MARKER_VARIABLE: f"{identity}:life:1-1"}
    )
    try:
        assert await invariants_broken(data) == {Invariant.PROCESSES}
    finally:
        left.kill()
        await left.wait()
    assert await findings(data) == ()
