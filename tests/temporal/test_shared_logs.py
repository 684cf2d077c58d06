"""A log that comes to one control process is read at all of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from contract.live_bench import WorkerLog
from integration.engine.engine_bench import Bench, step_of
from tasktrail.logs.place import LogName
from tasktrail.model.status import Status
from temporal.temporal_bench import control, intake_of, temporal_bench

BOOK = "jobs: {main: {steps: [{name: Hold, run: hold}]}}\n"


async def test_who_follows_it_at_another_process_gets_its_lines_and_so_does_who_comes_later(
    tmp_path: Path, database: str, temporal: str
) -> None:
    archive, log = tmp_path / "archive", WorkerLog(tmp_path / "log")
    async with (
        temporal_bench(tmp_path, database, temporal, log_store=archive) as bench,
        control(tmp_path / "other", database, temporal, archive) as world,
    ):
        other = Bench(tmp_path / "other", world)
        task_id = await bench.submit(BOOK)
        await bench.worker.held.wait()
        name = LogName(task_id, step_of(await bench.task(task_id), "Hold").id, 1)
        following = asyncio.ensure_future(other.until_line(task_id, "first"))

        sent = await bench.intake.append(name, 0, log.say("first"))
        async with asyncio.timeout(10):
            await following
        sent = await intake_of(world).append(name, sent, log.say("second"))
        assert await bench.log(task_id) == ["first", "second"]
        await bench.intake.append(name, sent, log.close())
        await intake_of(world).close(name, log.summary)

        assert [path.name for path in archive.glob("*/0/*/*.log")] == [f"{name.step_id}-1.log"]
        bench.worker.release.set()
        assert (await bench.ended(task_id)).status is Status.DONE
        for one in (bench, other):
            assert await one.log(task_id) == ["first", "second"]


async def test_the_log_of_a_lost_worker_ends_with_what_came(
    tmp_path: Path, database: str, temporal: str
) -> None:
    archive, log = tmp_path / "archive", WorkerLog(tmp_path / "log")
    async with temporal_bench(tmp_path, database, temporal, log_store=archive) as bench:
        task_id = await bench.submit(BOOK)
        await bench.worker.held.wait()
        name = LogName(task_id, step_of(await bench.task(task_id), "Hold").id, 1)
        await bench.intake.append(name, 0, log.say("the last"))
        settled = await bench.intake.settle(name)
        assert (settled.lines, settled.bytes) == (1, len("the last\n"))
        assert await bench.intake.settle(name) == settled
        assert await bench.log(task_id) == ["the last"]
        bench.worker.release.set()
        assert (await bench.ended(task_id)).status is Status.DONE
