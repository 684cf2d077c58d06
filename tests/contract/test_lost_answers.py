"""A commit that was kept though its answer was lost: everybody is told once the store is back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from deaf_proxy import DeafProxy, deaf_proxy

from integration.engine.engine_bench import Bench, bench_of, step_of
from tasktrail.engine import claim_back_off, ownership_watch, persistent_decisions
from tasktrail.errors import StoreUnavailableError
from tasktrail.model.status import Status
from tasktrail.store.postgresql import PostgresqlStore

pytestmark = pytest.mark.postgresql

SLEEP = "grace: 1s\njobs: {main: {steps: [{name: Work, run: 'echo ready; sleep 60'}]}}"


@dataclass
class Remote:
    bench: Bench
    proxy: DeafProxy


@pytest.fixture
async def remote(postgresql_url: str, tmp_path: Path) -> AsyncIterator[Remote]:
    """An engine whose database is behind a proxy."""
    with deaf_proxy(postgresql_url, tmp_path / "socket") as (proxy, url):
        async with bench_of(tmp_path, settings=f'database = "{url}"\n') as bench:
            yield Remote(bench, proxy)


@pytest.fixture
async def narrow_remote(postgresql_url: str, tmp_path: Path) -> AsyncIterator[Remote]:
    """The same with a single slot."""
    with deaf_proxy(postgresql_url, tmp_path / "socket") as (proxy, url):
        async with bench_of(tmp_path, slots=1, settings=f'database = "{url}"\n') as bench:
            yield Remote(bench, proxy)


async def test_a_task_whose_acceptance_was_not_answered_runs_all_the_same(remote: Remote) -> None:
    bench = remote.bench
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    bench.world.installation.decisions.subscribe(
        lambda decided: None if told.done() else told.set_result(decided.task.id)
    )
    remote.proxy.lose_next_answer()
    with pytest.raises(StoreUnavailableError, match="did not say whether it took it"):
        await bench.submit(f"jobs: {{main: {{steps: ['echo ran >> {bench.directory}/ran']}}}}")
    async with asyncio.timeout(30):
        task = await bench.ended(await told)
    assert task.status is Status.DONE
    assert bench.lines("ran") == ["ran"]
    assert bench.workspaces() == []


async def test_a_cancel_that_was_not_answered_stops_what_runs(remote: Remote) -> None:
    bench = remote.bench
    task_id = await bench.submit(SLEEP)
    await bench.until_line(task_id, "ready")
    remote.proxy.lose_next_answer()
    with pytest.raises(StoreUnavailableError, match="did not say whether it took it"):
        await bench.cancel(task_id)
    async with asyncio.timeout(30):
        task = await bench.ended(task_id)
    assert task.status is step_of(task, "Work").status is Status.CANCELED


async def test_a_report_that_was_not_answered_is_followed_by_the_next_step(remote: Remote) -> None:
    bench = remote.bench
    task_id = await bench.submit(f"""
jobs:
  main:
    steps:
      - {{name: Work, run: 'echo ready; until test -e {bench.directory}/go; do sleep 0.01; done'}}
      - {{name: Next, run: echo next >> {bench.directory}/ran}}
""")
    await bench.until_line(task_id, "ready")
    remote.proxy.lose_next_answer()
    (bench.directory / "go").touch()
    async with asyncio.timeout(30):
        task = await bench.ended(task_id)
    assert task.status is Status.DONE
    assert bench.lines("ran") == ["next"]
    assert [len(step.attempts) for step in task.jobs[0].steps] == [1, 1, 1, 1]


async def test_a_successor_whose_claim_was_not_answered_runs_once_all_the_same(
    narrow_remote: Remote,
) -> None:
    bench = narrow_remote.bench
    first, go = await busy(bench)
    waiting = await bench.submit(
        f"jobs: {{main: {{steps: ['echo ran >> {bench.directory}/ran']}}}}"
    )
    narrow_remote.proxy.lose_next_answer()
    go.touch()
    async with asyncio.timeout(30):
        tasks = [await bench.ended(task_id) for task_id in (first, waiting)]
    assert [task.status for task in tasks] == [Status.DONE, Status.DONE]
    assert bench.lines("ran") == ["ran"]
    assert bench.workspaces() == []
    claimed = [
        event.at
        for event in (await bench.history(waiting)).items
        if event.job_name == "main" and event.step_name is None and event.after == "in_progress"
    ]
    assert len(claimed) == 2, "the claim that was not answered is given back, then made again"
    assert claimed[0] == tasks[0].ended_at


async def test_a_report_is_kept_whatever_is_wrong_with_the_successor(
    narrow_remote: Remote,
    postgresql_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its plan is not there for a while."""
    caplog.set_level(logging.DEBUG, logger=persistent_decisions.__name__)
    monkeypatch.setattr(claim_back_off, "FIRST_WAIT", 0.01)
    bench = narrow_remote.bench
    first, go = await busy(bench)
    waiting = await bench.submit(
        f"jobs: {{main: {{steps: ['echo ran >> {bench.directory}/ran']}}}}"
    )
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE task_plans RENAME TO kept_plans")
        view = f"CREATE VIEW task_plans AS SELECT * FROM kept_plans WHERE task_id <> {waiting}"
        connection.execute(view.encode())
        # As another process would: what the engine has kept of the task is not the latest.
        connection.execute("UPDATE tasks SET title = title WHERE id = %s", [waiting])
        try:
            go.touch()
            async with asyncio.timeout(30):
                assert (await bench.ended(first)).status is Status.DONE
        finally:
            connection.execute("DROP VIEW task_plans")
            connection.execute("ALTER TABLE kept_plans RENAME TO task_plans")
    async with asyncio.timeout(30):
        assert (await bench.ended(waiting)).status is Status.DONE
    assert bench.lines("ran") == ["ran"]
    assert bench.workspaces() == []
    assert "a job was not claimed with the end of another one" in caplog.messages


@pytest.fixture
def frequent_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that writes nothing looks more often whether the database is still its own."""
    monkeypatch.setattr(ownership_watch, "LOOK_EVERY", 0.5)


@pytest.mark.usefixtures("frequent_looks")
async def test_an_engine_that_was_replaced_stops_what_it_runs_and_says_so(
    remote: Remote, postgresql_url: str
) -> None:
    bench = remote.bench
    task_id = await bench.submit(SLEEP)
    await bench.until_line(task_id, "ready")
    other = PostgresqlStore(postgresql_url)
    await asyncio.to_thread(cut_all_but_owner_of, postgresql_url, other)
    async with asyncio.timeout(30):
        await bench.world.disowned.wait()
    assert bench.processes() == []
    await other.aclose()


def cut_all_but_owner_of(url: str, other: PostgresqlStore) -> None:
    """End the connection of the owner, and be the next one."""
    with psycopg.connect(url, autocommit=True) as connection:
        while not other.own():
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'"
                " AND ((classid::bigint << 32) | objid::bigint) ="
                " hashtextextended('tasktrail engine', 0)"
            )


async def busy(bench: Bench) -> tuple[int, Path]:
    """A task that keeps the only slot until a file is there."""
    go = bench.directory / "go"
    work = f"echo ready; until test -e {go}; do sleep 0.01; done"
    task_id = await bench.submit(f"jobs: {{main: {{steps: ['{work}']}}}}")
    await bench.until_line(task_id, "ready")
    return task_id, go
