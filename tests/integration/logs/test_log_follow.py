from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median

import pytest
from log_model import Ticks

from tasktrail.logs.follow import follow, follow_in_bulk
from tasktrail.logs.hub import LogHub
from tasktrail.logs.line import Line
from tasktrail.logs.reader import LogReader
from tasktrail.logs.writer import LogWriter
from tasktrail.model.stream import Stream

PATIENCE = 20.0


class Follower:
    """Collects what `follow` gives, and waits for some of it."""

    def __init__(self, batches: AsyncIterator[list[Line]]) -> None:
        self.lines: list[Line] = []
        self._batches = batches
        self._more = asyncio.Condition()
        self._task = asyncio.create_task(self._collect())

    async def texts(self, count: int) -> list[bytes]:
        async with asyncio.timeout(PATIENCE), self._more:
            await self._more.wait_for(lambda: len(self.lines) >= count)
        return [line.text for line in self.lines]

    async def to_the_end(self) -> list[bytes]:
        await asyncio.wait_for(self._task, PATIENCE)
        return [line.text for line in self.lines]

    def cancel(self) -> None:
        self._task.cancel()

    async def _collect(self) -> None:
        async for batch in self._batches:
            async with self._more:
                self.lines += batch
                self._more.notify_all()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "a.log"


async def test_follower_sees_lines_as_they_come_and_ends_with_the_log(path: Path) -> None:
    hub = LogHub()
    writer = LogWriter(path, clock=Ticks(), hub=hub)
    follower = Follower(follow(hub, path))
    await asyncio.sleep(0)  # it is waiting before the first byte
    writer.write(Stream.STDOUT, b"one\ntw")
    assert await follower.texts(1) == [b"one"]
    writer.write(Stream.STDERR, b"error\n")
    writer.write(Stream.STDOUT, b"o\nprompt: ")
    assert await follower.texts(3) == [b"one", b"error", b"two"]
    writer.close()
    assert await follower.to_the_end() == [b"one", b"error", b"two", b"prompt: "]
    with LogReader(path) as reader:
        assert follower.lines == list(reader.lines())


async def test_follower_of_a_finished_log_gets_all_of_it_and_ends(path: Path) -> None:
    hub = LogHub()
    writer = LogWriter(path, clock=Ticks(), hub=hub)
    for number in range(1000):
        writer.write(Stream.STDOUT, b"%d\n" % number)
    writer.close()
    texts = await Follower(follow(hub, path, 991)).to_the_end()
    assert texts == [b"%d" % number for number in range(990, 1000)]


async def test_follower_of_a_log_that_nobody_writes_gets_what_is_there_and_ends(path: Path) -> None:
    writer = LogWriter(path, clock=Ticks())
    writer.write(Stream.STDOUT, b"left\nopen")
    assert await Follower(follow(LogHub(), path)).to_the_end() == [b"left"]


async def test_follower_of_a_step_that_prints_nothing_ends(path: Path) -> None:
    hub = LogHub()
    writer = LogWriter(path, clock=Ticks(), hub=hub)
    follower = Follower(follow(hub, path))
    await asyncio.sleep(0)
    writer.close()
    assert await follower.to_the_end() == []


async def test_follower_may_wait_for_a_line_that_does_not_exist_yet(path: Path) -> None:
    hub = LogHub()
    writer = LogWriter(path, clock=Ticks(), hub=hub)
    writer.write(Stream.STDOUT, b"1\n2\nthr")
    follower = Follower(follow(hub, path, 3))
    await asyncio.sleep(0)
    writer.write(Stream.STDOUT, b"ee\n4\n")
    assert await follower.texts(2) == [b"three", b"4"]
    writer.close()
    await follower.to_the_end()


async def test_slow_follower_gets_all_lines_of_a_log_that_is_compacted_meanwhile(
    path: Path,
) -> None:
    hub = LogHub()
    writer = LogWriter(path, clock=Ticks(), hub=hub)
    writer.write(Stream.STDOUT, b"0\n")
    batches = follow(hub, path)
    lines = await anext(batches)
    for number in range(1, 2000):
        writer.write(Stream.STDOUT, b"%d\n" % number)
    writer.close()
    async for batch in batches:
        lines += batch
    assert [line.text for line in lines] == [b"%d" % number for number in range(2000)]


async def test_many_followers_see_the_same_while_a_thread_writes(path: Path) -> None:
    hub = LogHub()
    writer = LogWriter(path, clock=Ticks(), hub=hub)
    followers = [Follower(follow(hub, path, start)) for start in range(1, 21)]

    def write() -> None:
        for number in range(1, 501):
            writer.write(Stream.STDOUT, b"%d\n" % number)
        writer.close()

    thread = threading.Thread(target=write)
    thread.start()
    for start, follower in enumerate(followers, 1):
        expected = [b"%d" % number for number in range(start, 501)]
        assert await follower.to_the_end() == expected
    thread.join()


async def test_new_line_reaches_a_follower_well_within_a_tenth_of_a_second(path: Path) -> None:
    hub = LogHub()
    writer = LogWriter(path, clock=Ticks(), hub=hub)
    follower = Follower(follow(hub, path))
    delays: list[float] = []
    for count in range(1, 31):
        started = time.perf_counter()
        writer.write(Stream.STDOUT, b"tick\n")
        await follower.texts(count)
        delays.append(time.perf_counter() - started)
    writer.close()
    await follower.to_the_end()
    assert median(delays) < 0.05


async def test_canceled_follower_is_forgotten(path: Path) -> None:
    hub = LogHub()
    writer = LogWriter(path, clock=Ticks(), hub=hub)
    batches = follow(hub, path)
    writer.write(Stream.STDOUT, b"1\n")
    assert [line.text for line in await anext(batches)] == [b"1"]
    waiting = asyncio.create_task(anext(batches))  # pyright: ignore[reportArgumentType]
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not hub.followed(path)
    writer.write(Stream.STDOUT, b"2\n")
    writer.close()


async def test_who_takes_a_while_gets_all_lines_at_once(path: Path) -> None:
    hub = LogHub()
    writer = LogWriter(path, clock=Ticks(), hub=hub)
    batches = follow_in_bulk(hub, path, 2, 1000)
    for number in range(1, 51):
        writer.write(Stream.STDOUT, b"%d\n" % number)
    first = await anext(batches)
    assert [line.number for stretch in first for line in stretch.lines()] == list(range(2, 51))
    writer.write(Stream.STDERR, b"x" * 900 + b"\n")
    writer.write(Stream.STDERR, b"x" * 900 + b"\n")
    writer.write(Stream.STDERR, b"x\n")
    writer.close()
    rest = [[stretch.first for stretch in batch] async for batch in batches]
    assert rest == [[51, 52], [53]]


async def test_who_awaits_a_writer_is_called_when_it_comes(path: Path) -> None:
    hub = LogHub()
    with hub.await_opened(path) as watch:
        waiting = asyncio.ensure_future(watch.wait_grown())
        await asyncio.sleep(0)
        assert not waiting.done()
        writer = LogWriter(path, clock=Ticks(), hub=hub)
        await asyncio.wait_for(waiting, PATIENCE)
    with hub.await_opened(path) as watch:
        await asyncio.wait_for(watch.wait_grown(), PATIENCE)
    writer.close()
