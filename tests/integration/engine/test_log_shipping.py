from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from engine_bench import Bench, bench_of, step_of

from s3_server import S3Server
from tasktrail.engine import log_shipping

BOOK = """
jobs:
  main:
    steps:
      - {name: Speak, run: "for n in 1 2 3; do echo line $n; done"}
      - name: Flaky
        run: echo try; test "$TASKTRAIL_ATTEMPT" -gt 1
        retry: {attempts: 2, backoff: 1ms, on: [user]}
"""
LINES = ["line 1", "line 2", "line 3", "try"]
"""Of the last attempts."""
LARGE = """
jobs:
  main:
    steps:
      - {name: Much, run: "head -c 3000000 /dev/urandom | base64"}
"""


async def until(reached: Callable[[], bool]) -> None:
    """Return when the background work has come so far; nothing tells of it."""
    async with asyncio.timeout(60):
        while not reached():  # noqa: ASYNC110 - the store is another process
            await asyncio.sleep(0.02)


def local_logs(bench: Bench) -> list[Path]:
    return sorted((bench.directory / "data" / "logs").rglob("*.*"))


async def prune(bench: Bench, **wanted: Any) -> dict[str, Any]:
    answer = await bench.world.operations.call("pruneLogs", wanted)
    assert isinstance(answer, dict)
    return answer


async def findings(bench: Bench) -> list[object]:
    facts = await bench.world.operations.call("doctor", {"check": True})
    assert isinstance(facts, list)
    return [fact for fact in facts if not fact["ok"]]


async def test_finished_logs_go_to_the_store_and_read_as_before(
    s3: S3Server, tmp_path: Path
) -> None:
    s3.make_bucket("moved")
    async with bench_of(tmp_path, settings=s3.settings("moved")) as bench:
        task = await bench.outcome(BOOK)
        large = await bench.outcome(LARGE)
        await until(lambda: not local_logs(bench))
        assert await bench.log(task.id) == LINES
        assert len("".join(await bench.log(large.id))) == 4_000_000
        keys = s3.keys("moved")
        assert await findings(bench) == []
    identity = (tmp_path / "data" / "identity").read_text().split()[0]
    assert all(key.startswith(f"logs/{identity}/0/") for key in keys)
    assert len([key for key in keys if key.endswith(".log")]) == 4
    assert len([key for key in keys if key.endswith(".idx")]) == 1


async def test_another_directory_can_be_the_store(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    async with bench_of(tmp_path, settings=f'log_store = "{archive}"\n') as bench:
        task = await bench.outcome(BOOK)
        await until(lambda: not local_logs(bench))
        assert await bench.log(task.id) == LINES
        files = list(archive.rglob("*.log"))
        assert len(files) == 3
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
        assert archive.stat().st_mode & 0o777 == 0o700
    async with bench_of(tmp_path) as bench:  # no longer configured, but known
        assert await bench.log(task.id) == LINES


async def test_logs_wait_here_while_the_store_is_away_and_no_step_waits_for_it(
    s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(log_shipping, "LONGEST_WAIT", 0.2)
    server = S3Server(tmp_path)
    with caplog.at_level(logging.WARNING, "tasktrail.engine.log_shipping"):
        async with bench_of(tmp_path, settings=server.settings("late")) as bench:
            for _ in range(2):  # the second time after it was there, and went away
                task = await bench.outcome(BOOK)
                assert await bench.log(task.id) == LINES
                assert len([path for path in local_logs(bench) if path.is_file()]) == 3
                [bad] = await findings(bench)
                assert "cannot be reached" in str(bad)
                server.start()
                try:
                    server.make_bucket("late")
                    await until(lambda: not local_logs(bench))
                    assert await bench.log(task.id) == LINES
                    assert len(server.keys("late")) == 3
                finally:
                    server.stop()
    said = [record.getMessage() for record in caplog.records]
    assert ["stay here" in one for one in said] == [True, False, True, False]


async def test_a_store_that_cannot_be_reached_is_a_clear_refusal_to_read(
    s3: S3Server, tmp_path: Path
) -> None:
    server = S3Server(tmp_path)
    server.start()
    try:
        server.make_bucket("gone")
        async with bench_of(tmp_path, settings=server.settings("gone")) as bench:
            task = await bench.outcome(BOOK)
            await until(lambda: not local_logs(bench))
    finally:
        server.stop()
    async with bench_of(tmp_path, settings=server.settings("gone")) as bench:
        with pytest.raises(log_shipping.LogStoreError, match="cannot be read from s3://gone/logs"):
            await bench.log(task.id)


async def test_what_was_finished_before_a_store_was_configured_goes_there_too(
    s3: S3Server, tmp_path: Path
) -> None:
    async with bench_of(tmp_path) as bench:
        task = await bench.outcome(BOOK)
    s3.make_bucket("later")
    async with bench_of(tmp_path, settings=s3.settings("later")) as bench:
        await until(lambda: not local_logs(bench))
        assert await bench.log(task.id) == LINES


@pytest.mark.parametrize("stored", [False, True])
async def test_pruning_removes_logs_and_says_so_where_they_are_read(
    s3: S3Server, tmp_path: Path, stored: bool
) -> None:
    s3.make_bucket("pruned")
    settings = s3.settings("pruned") if stored else ""
    async with bench_of(tmp_path, settings=settings) as bench:
        task = await bench.outcome(BOOK)
        running = await bench.submit(
            "jobs: {main: {steps: [{name: Wait, run: echo on; sleep 60}]}}"
        )
        await bench.until_line(running, "on")
        if stored:
            await until(lambda: len(s3.keys("pruned")) == 3)

        planned = await prune(bench, olderThan=0, dryRun=True)
        assert [item["taskId"] for item in planned["items"]] == [task.id]
        assert planned["logs"] == 3
        assert planned["taskId"] is None
        assert await bench.log(task.id) == LINES

        done = await prune(bench, olderThan=0)
        assert {**done, "taskId": None} == planned
        record = await bench.answer(done["taskId"])
        assert record["name"] == "logs.prune"
        assert record["author"]["kind"] == "robot"
        assert record["title"] == f"Removed 3 logs of 1 tasks, {done['bytes']} bytes"
        lines = await bench.log(task.id)
        assert len(lines) == 2
        for line in lines:
            assert line.startswith("[tasktrail] this log was removed by retention on 20")
            assert str(done["taskId"]) not in line.partition(" on ")[2][10:]
        assert await bench.log(running) == ["on"]
        waits = step_of(await bench.task(running), "Wait")
        assert [path.name for path in local_logs(bench)] == [f"{waits.id}-1.log"]
        assert s3.keys("pruned") == []
        assert (await prune(bench, olderThan=0))["logs"] == 0
        await bench.cancel(running, force=True)
        await bench.ended(running)
        assert (await bench.task(task.id)).status.value == task.status.value
        assert await findings(bench) == []


async def test_pruning_by_size_removes_the_oldest(tmp_path: Path) -> None:
    async with bench_of(tmp_path, settings="[retention]\nsize = 0\n") as bench:
        tasks = [await bench.outcome(BOOK) for _ in range(3)]
        sizes = [path.stat().st_size for path in local_logs(bench)]
        done = await prune(bench, keepSize=sum(sizes) - 1)
        assert [item["taskId"] for item in done["items"]] == [tasks[0].id]
        assert await bench.log(tasks[1].id) == LINES
        rest = await prune(bench)  # as configured: nothing may stay
        assert sorted(item["taskId"] for item in rest["items"]) == [tasks[1].id, tasks[2].id]
