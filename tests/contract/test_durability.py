"""What was answered is there, whatever is killed, held back or full."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select
from store_bench import Bench, one_job

from tasktrail.errors import StoreUnavailableError
from tasktrail.model.status import Status
from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.store.sqlite import SqliteStore
from tasktrail.store.store import Store
from tasktrail.store.tables import events, jobs, task_plans, tasks

WRITER = """
import asyncio, sys
from pathlib import Path
from store_bench import Bench, one_job
from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.store.sqlite import SqliteStore

async def write_for_ever(where):
    store = PostgresqlStore(where) if where.startswith("postgresql") else SqliteStore(Path(where))
    bench = await Bench.of(store)

    async def one(number):
        while True:
            task_id = await bench.submit(one_job(locks=(f"lock {number}",)))
            print(task_id, flush=True)

    await asyncio.gather(*(one(number) for number in range(4)))

asyncio.run(write_for_ever(sys.argv[1]))
"""


def writer(where: str) -> subprocess.Popen[str]:
    """A process that submits tasks, and prints the id of each once it is answered."""
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, where],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )


@pytest.mark.parametrize(
    ("database", "answers"),
    [
        *(("sqlite", answers) for answers in (1, 7, 60)),
        pytest.param("postgresql", 7, marks=pytest.mark.postgresql),
    ],
)
async def test_every_answered_task_is_there_after_a_kill(
    database: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    open_store: Callable[[], Store],
    answers: int,
) -> None:
    postgresql = database == "postgresql"
    where = request.getfixturevalue("postgresql_url") if postgresql else tmp_path / "tasktrail.db"
    child = writer(str(where))
    assert child.stdout is not None
    answered = [int(child.stdout.readline()) for _ in range(answers)]
    child.send_signal(signal.SIGKILL)
    answered += [int(line) for line in child.stdout if line.endswith("\n")]
    child.stdout.close()
    child.wait()
    store = open_store()
    bench = await Bench.of(store)
    stored = set(await bench.read(lambda c: c.execute(select(tasks.c.id)).scalars()))
    assert stored >= set(answered)
    for task_id in stored:
        state = await bench.state(task_id)
        assert len(state.jobs) == len(state.steps) == 1, "whole, or not at all"
    fresh = await bench.submit()
    assert fresh > max(stored)
    await store.aclose()


async def test_a_foreign_lock_refuses_writes_after_a_while_and_they_go_on_afterwards(
    tmp_path: Path,
) -> None:
    path = tmp_path / "tasktrail.db"
    store = SqliteStore(path, busy_timeout=0.2)
    bench = await Bench.of(store)
    task_id = await bench.submit()
    foreign = sqlite3.connect(path, isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    refused = await asyncio.gather(*(bench.submit() for _ in range(20)), return_exceptions=True)
    seconds = time.monotonic() - started
    assert {type(one) for one in refused} == {StoreUnavailableError}
    assert "locked" in str(refused[0])
    assert 0.2 <= seconds < 5
    assert (await bench.view(task_id)).task.status is Status.QUEUED, "reads are answered"
    patient = asyncio.create_task(bench.submit())
    await asyncio.sleep(0)
    foreign.execute("ROLLBACK")
    foreign.close()
    assert await bench.status(await patient) is Status.QUEUED
    count = await bench.read(lambda c: len(c.execute(select(tasks.c.id)).all()))
    assert count == 2, "nothing of what was refused was kept"
    await store.aclose()


FILLER = """
import asyncio, json, resource, signal, sys
from pathlib import Path
from store_bench import Bench, one_job
from tasktrail.errors import StoreUnavailableError
from tasktrail.store.sqlite import SqliteStore

async def fill(path):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = SqliteStore(path)
    bench = await Bench.of(store)
    size = max(file.stat().st_size for file in path.parent.iterdir())
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 300_000, hard))
    answered, refused = [], 0
    for _ in range(200):
        wanted = one_job(title="x" * 20_000)
        for result in await asyncio.gather(
            *(bench.submit(wanted) for _ in range(3)), return_exceptions=True
        ):
            if isinstance(result, int):
                answered.append(result)
            elif isinstance(result, StoreUnavailableError):
                refused += 1
            else:
                raise result
        if refused > 5:
            break
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    afterwards = await bench.submit()
    await store.aclose()
    print(json.dumps([answered, refused, afterwards]))

asyncio.run(fill(Path(sys.argv[1])))
"""


async def test_a_full_disk_refuses_what_it_cannot_take_and_keeps_no_halves(tmp_path: Path) -> None:
    """The limit of a file's size stands for the end of the disk: writes fail in the same place."""
    if resource.getrlimit(resource.RLIMIT_FSIZE)[1] != resource.RLIM_INFINITY:
        pytest.skip("the size of files is limited already")
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    child = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", FILLER, str(tmp_path / "tasktrail.db")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )
    assert child.returncode == 0, child.stderr
    answered, refused, afterwards = json.loads(child.stdout)
    assert answered
    assert refused
    store = SqliteStore(tmp_path / "tasktrail.db")
    found = await store.read(
        lambda c: {
            table.name: set(c.execute(select(column)).scalars())
            for table, column in (
                (tasks, tasks.c.id),
                (jobs, jobs.c.task_id),
                (task_plans, task_plans.c.task_id),
                (events, events.c.task_id),
            )
        }
    )
    integrity = await store.read(lambda c: c.exec_driver_sql("PRAGMA integrity_check").scalar())
    await store.aclose()
    kept = {*answered, afterwards}
    assert found == dict.fromkeys(("tasks", "jobs", "task_plans", "events"), kept)
    assert integrity == "ok"


@pytest.mark.postgresql
async def test_postgresql_connections_that_were_cut_while_idle_are_made_anew(
    postgresql_url: str,
) -> None:
    store = PostgresqlStore(postgresql_url)
    bench = await Bench.of(store)
    await asyncio.gather(*(bench.submit() for _ in range(8)))
    with psycopg.connect(postgresql_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    ids = await asyncio.gather(*(bench.submit(one_job()) for _ in range(8)))
    assert len(set(ids)) == 8
    await store.aclose()
