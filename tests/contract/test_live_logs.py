"""Logs of workers elsewhere: taken in by any process, read by any, and kept as one object."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from live_bench import Process, WorkerLog, process, running, until_followed
from sqlalchemy import func, select
from store_bench import Bench

from s3_server import S3Server
from tasktrail.errors import LogStoreError, StoreUnavailableError
from tasktrail.logs.place import LogName
from tasktrail.model.happening import WorkerLost
from tasktrail.model.step import LogSummary
from tasktrail.store.live_tables import live_chunks, live_logs
from tasktrail.store.log_places import placement_of


@pytest.fixture
async def two(bench: Bench, tmp_path: Path) -> AsyncIterator[tuple[Process, Process]]:
    """Two processes with one database and one directory as store."""
    async with AsyncExitStack() as stack:
        made = [
            await stack.enter_async_context(
                process(bench, str(tmp_path / "archive"), {}, tmp_path / name)
            )
            for name in ("one", "two")
        ]
        yield made[0], made[1]


def objects(tmp_path: Path) -> list[str]:
    archive = tmp_path / "archive"
    return sorted(str(path.relative_to(archive)) for path in archive.rglob("*") if path.is_file())


async def rows(bench: Bench) -> tuple[int, int]:
    """How many logs and chunks are known."""
    logs, chunks = [
        await bench.read(
            lambda connection, one=table: connection.execute(
                select(func.count()).select_from(one)
            ).scalar_one()
        )
        for table in (live_logs, live_chunks)
    ]
    return logs, chunks


async def test_what_one_process_takes_in_another_reads(
    two: tuple[Process, Process], bench: Bench, tmp_path: Path
) -> None:
    name, log = await running(bench), WorkerLog(tmp_path / "log")
    assert await two[1].lines(name) == []
    sent = 0
    for number in range(5):
        data = log.say(f"line {number}")
        assert await two[number % 2].intake.append(name, sent, data) == sent + len(data)
        sent += len(data)
        for each in two:
            assert await each.lines(name) == [f"line {one}" for one in range(number + 1)]
    assert await rows(bench) == (1, 5)
    assert len(objects(tmp_path)) == 5
    assert all(one.startswith(f"shop/live/{name.task_id}/") for one in objects(tmp_path))


async def test_what_is_sent_again_or_in_other_pieces_is_taken_once(
    two: tuple[Process, Process], bench: Bench, tmp_path: Path
) -> None:
    name, log = await running(bench), WorkerLog(tmp_path / "log")
    for number in range(40):
        log.say(f"line {number}")
    log.close()
    content, chance, known = log.content, random.Random(7), 0
    while known < len(content):
        start = chance.randint(max(0, known - 300), known)
        end = min(len(content), start + chance.randint(0, 400))
        answers = await asyncio.gather(
            *(each.intake.append(name, start, content[start:end]) for each in two)
        )
        assert all(end <= answer or answer == known for answer in answers)
        known = max(answers)
        assert await two[0].intake.append(name, known + 1, b"gap") == known
    assert known == len(content)
    wanted = [f"line {number}" for number in range(40)]
    assert await two[0].lines(name) == wanted
    _, count = await rows(bench)
    assert len(objects(tmp_path)) == count, "what was put for nothing is gone"


async def test_a_closed_log_is_one_object_and_its_pieces_go_later(
    two: tuple[Process, Process], bench: Bench, tmp_path: Path
) -> None:
    one, other = two
    name, log = await running(bench), WorkerLog(tmp_path / "log")
    data = log.say("first") + log.say("second")
    await one.intake.append(name, 0, data)
    end = log.close()
    await other.intake.append(name, len(data), end)

    assert await other.intake.settle(name) == log.summary
    await bench.happen(name.task_id, await bench.report(name.task_id))

    placement = await bench.read(lambda c: placement_of(c, name.step_id, name.attempt))
    assert placement is not None
    assert placement.key == f"shop/{name.path}"
    assert objects(tmp_path)[0] == placement.key
    for each in two:
        assert await each.lines(name, ended=True) == ["first", "second"]
        assert await each.lines(name) == ["first", "second"]
    await one.intake.close(name, log.summary)
    size = len(data) + len(end)
    assert await one.intake.append(name, len(data), end) == size
    assert await one.intake.append(name, size, b"more") == size
    await one.upkeep.settle_all()
    assert await rows(bench) == (1, 2)
    await one.upkeep.settle_all(linger=0)
    assert await rows(bench) == (0, 0)
    assert objects(tmp_path) == [placement.key]
    assert not (tmp_path / "archive" / "shop" / "live" / str(name.task_id)).exists()
    assert await other.lines(name, ended=True) == ["first", "second"]
    await one.intake.close(name, log.summary)
    assert await other.intake.append(name, size, b"") == size
    assert await other.intake.append(name, 0, data) == len(data)
    assert await rows(bench) == (0, 0)
    assert not list((tmp_path / "one").rglob("*.log"))


async def test_followers_in_every_process_get_all_lines_and_the_end(
    two: tuple[Process, Process], bench: Bench, tmp_path: Path
) -> None:
    name, log = await running(bench), WorkerLog(tmp_path / "log")
    early = [asyncio.ensure_future(each.followed(name)) for each in two]
    for each in two:
        await until_followed(each, name)
    sent = 0
    for number in range(20):
        data = log.say(f"line {number}")
        sent = await two[0].intake.append(name, sent, data)
        if number == 10:
            early.append(asyncio.ensure_future(two[1].followed(name)))
    sent = await two[0].intake.append(name, sent, log.close())
    await two[0].intake.close(name, log.summary)
    wanted = [f"line {number}" for number in range(20)]
    async with asyncio.timeout(10):
        assert await asyncio.gather(*early) == [wanted] * 3
    assert not two[0].live._followed
    assert not two[1].live._followed
    assert await two[1].followed(name) == wanted


async def test_a_log_without_output_ends_with_its_attempt(
    two: tuple[Process, Process], bench: Bench
) -> None:
    name = await running(bench)
    following = asyncio.ensure_future(two[1].followed(name))
    await until_followed(two[1], name)
    await two[0].intake.close(name, LogSummary())
    await bench.happen(name.task_id, await bench.report(name.task_id))
    async with asyncio.timeout(10):
        assert await following == []
    assert await rows(bench) == (0, 0)


async def test_the_log_of_a_lost_worker_is_closed_as_it_came(
    two: tuple[Process, Process], bench: Bench, tmp_path: Path
) -> None:
    name, log = await running(bench), WorkerLog(tmp_path / "log")
    data = log.say("whole") + log.say("torn")
    await two[0].intake.append(name, 0, data[:-3])
    state = await bench.state(name.task_id)
    lost = WorkerLost(job_id=next(iter(state.jobs)), reference="r", log=LogSummary())
    await bench.happen(name.task_id, lost)

    await two[1].upkeep.settle_all(linger=0)
    assert await bench.read(lambda c: placement_of(c, name.step_id, 1)) is None, "it may still come"
    await two[1].upkeep.settle_all(linger=0, abandoned=0)

    assert await bench.read(lambda c: placement_of(c, name.step_id, 1)) is not None
    assert (await two[0].lines(name, ended=True))[:1] == ["whole"]
    await two[0].upkeep.settle_all(linger=0, abandoned=0)
    assert await rows(bench) == (0, 0)


async def test_a_log_of_nothing_whole_leaves_nothing(
    two: tuple[Process, Process], bench: Bench, tmp_path: Path
) -> None:
    name = await running(bench)
    await two[0].intake.append(name, 0, b"half a frame")
    assert await two[1].intake.settle(name) == LogSummary()
    assert await rows(bench) == (0, 0)
    assert objects(tmp_path) == []


async def test_very_many_small_pieces_become_few_large_frames(
    two: tuple[Process, Process], bench: Bench, tmp_path: Path
) -> None:
    name, log = await running(bench), WorkerLog(tmp_path / "log")
    for number in range(400):
        log.say(f"line {number}")
    size = await two[0].intake.append(name, 0, log.content)
    summary = await two[0].intake.settle(name)
    assert summary is not None
    placement = await bench.read(lambda c: placement_of(c, name.step_id, 1))
    assert placement is not None
    assert placement.size is not None
    assert placement.size < size / 4
    assert (summary.lines, summary.truncated) == (400, False)
    assert await two[1].lines(name, ended=True) == [f"line {number}" for number in range(400)]


async def test_many_chunks_become_few_under_the_eyes_of_a_reader(
    two: tuple[Process, Process], bench: Bench, tmp_path: Path
) -> None:
    name, log = await running(bench), WorkerLog(tmp_path / "log")
    sent = 0
    for number in range(12):
        sent = await two[0].intake.append(name, sent, log.say(f"line {number}"))
    file = await asyncio.to_thread(two[1].live.file, (name.step_id, name.attempt))
    assert file is not None
    assert await asyncio.to_thread(file.size) == sent
    for number in range(12, 20):
        sent = await two[0].intake.append(name, sent, log.say(f"line {number}"))

    assert await two[0].merging.merge_all(many=20) == 0
    assert sum(await asyncio.gather(*(each.merging.merge_all(many=19) for each in two))) == 20

    assert await rows(bench) == (1, 1)
    known = len(await asyncio.to_thread(file.read, 0, sent))
    assert 0 < known < sent
    assert await asyncio.to_thread(file.size) == sent
    assert await asyncio.to_thread(file.read, 0, sent) == log.content
    assert await two[1].lines(name) == [f"line {number}" for number in range(20)]
    sent = await two[1].intake.append(name, sent, log.say("after"))
    assert await asyncio.to_thread(file.size) == sent
    await two[0].intake.append(name, sent, log.close())
    await two[0].intake.close(name, log.summary)
    assert (await two[0].merging.merge_all(many=0)) == 0, "a closed log stays as it is"
    await two[0].upkeep.settle_all(linger=0)
    assert objects(tmp_path) == [f"shop/{name.path}"]
    assert (await two[1].lines(name, ended=True))[-2:] == ["line 19", "after"]


async def test_two_that_close_a_log_at_once_keep_one_object(
    two: tuple[Process, Process], bench: Bench, tmp_path: Path
) -> None:
    name, log = await running(bench), WorkerLog(tmp_path / "log")
    log.say("line")
    log.close()
    await two[0].intake.append(name, 0, log.content)
    closing = [each.intake.close(name, log.summary) for each in (*two, *two)]
    await asyncio.gather(*closing)
    await two[0].upkeep.settle_all(linger=0)
    assert objects(tmp_path) == [f"shop/{name.path}"]
    assert await two[1].lines(name, ended=True) == ["line"]


async def test_a_store_that_is_away_takes_nothing_and_loses_nothing(
    bench: Bench, tmp_path: Path
) -> None:
    name, log = await running(bench), WorkerLog(tmp_path / "log")
    data = log.say("line")
    archive = tmp_path / "archive"
    async with process(bench, str(archive), {}, tmp_path / "one") as one:
        await one.intake.append(name, 0, data)
        away = archive.rename(tmp_path / "away")
        archive.write_text("in the way")
        with pytest.raises(LogStoreError):
            await one.intake.append(name, len(data), log.close())
        with pytest.raises(LogStoreError):
            await one.intake.settle(name)
        archive.unlink()
        away.rename(archive)
        await one.upkeep.settle_all(linger=0)
        assert await one.lines(name, ended=True) == ["line"]


async def test_all_of_it_works_with_s3(
    bench: Bench, tmp_path: Path, s3: S3Server, database: str
) -> None:
    bucket = f"pieces-{database}"
    s3.make_bucket(bucket)
    name, log = await running(bench), WorkerLog(tmp_path / "log")
    async with process(bench, f"s3://{bucket}/logs", s3.options, tmp_path / "one") as one:
        following = asyncio.ensure_future(one.followed(name))
        await until_followed(one, name)
        sent = 0
        for number in range(30):
            sent = await one.intake.append(name, sent, log.say(f"line {number}"))
        sent = await one.intake.append(name, sent, log.close())
        wanted = [f"line {number}" for number in range(30)]
        assert await one.lines(name) == wanted
        await one.intake.close(name, log.summary)
        async with asyncio.timeout(20):
            assert await following == wanted
        assert len(s3.keys(bucket)) == 32
        await one.upkeep.settle_all(linger=0)
        assert s3.keys(bucket) == [f"logs/shop/{name.path}"]
        assert await one.lines(name, ended=True) == wanted


async def test_a_log_of_no_step_is_refused(
    two: tuple[Process, Process], bench: Bench, tmp_path: Path
) -> None:
    with pytest.raises(StoreUnavailableError):
        await two[0].intake.append(LogName(1, 999, 1), 0, b"x")
    assert objects(tmp_path) == []
