"""A log that knows secrets: what reaches the disk, and when."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from log_model import Ticks

from tasktrail.logs.masked_log import MaskedLog
from tasktrail.logs.masker import MASK
from tasktrail.logs.masking import Masking
from tasktrail.logs.writer import LogWriter
from tasktrail.model.stream import Stream

SECRET = "hunter2!-and-more"


class Later:
    """Keeps what is to be called later."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []

    def __call__(self, _: float, call: Callable[[], None]) -> Later:
        self.calls.append(call)
        return self

    def cancel(self) -> None:
        self.calls.clear()

    def come(self) -> None:
        """The time has come."""
        calls, self.calls = self.calls, []
        for call in calls:
            call()


def opened(path: Path, later: Later) -> MaskedLog:
    return MaskedLog(LogWriter(path, clock=Ticks()), Masking([SECRET]), later)


def test_no_secret_reaches_the_disk(tmp_path: Path) -> None:
    path, later = tmp_path / "a.log", Later()
    log = opened(path, later)
    for byte in f"it is {SECRET}\n".encode():
        log.write(Stream.STDOUT, bytes([byte]))
        assert b"hunter" not in path.read_bytes()
    log.note(f"as {SECRET} said")
    log.end()
    summary = log.close()

    assert summary.lines == 2
    assert SECRET.encode() not in path.read_bytes()
    assert path.read_bytes().count(MASK.encode()) == 2


def test_each_stream_is_masked_for_itself(tmp_path: Path) -> None:
    path, later = tmp_path / "a.log", Later()
    log = opened(path, later)
    log.write(Stream.STDOUT, SECRET[:9].encode())
    log.write(Stream.STDERR, b"in between\n")
    log.write(Stream.STDOUT, SECRET[9:].encode())
    log.end()
    log.close()

    stored = path.read_bytes()
    assert b"in between" in stored
    assert MASK.encode() in stored
    assert b"hunter" not in stored


def test_a_prompt_is_there_after_a_moment(tmp_path: Path) -> None:
    path, later = tmp_path / "a.log", Later()
    log = opened(path, later)
    log.write(Stream.STDOUT, b"go on as hu")
    assert path.read_bytes().endswith(b"go on as ")

    later.come()
    assert path.read_bytes().endswith(b"hu")
    assert not later.calls


def test_a_line_is_there_at_once(tmp_path: Path) -> None:
    path, later = tmp_path / "a.log", Later()
    log = opened(path, later)
    log.write(Stream.STDOUT, b"a line\n")

    assert path.read_bytes().endswith(b"a line\n")
    assert not later.calls


def test_the_end_of_a_log_comes_with_its_close(tmp_path: Path) -> None:
    path, later = tmp_path / "a.log", Later()
    log = opened(path, later)
    log.write(Stream.STDOUT, b"hunter2")
    assert not log.written
    log.end()
    assert not later.calls
    log.end()

    assert log.close().bytes == len("hunter2")
    assert log.close().lines == 1


async def test_the_event_loop_is_a_clock_for_it(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    loop = asyncio.get_running_loop()
    log = MaskedLog(LogWriter(path, clock=Ticks()), Masking([SECRET]), loop.call_later)
    log.write(Stream.STDOUT, b"go on as hu")
    async with asyncio.timeout(5):
        while not path.read_bytes().endswith(b"hu"):  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.01)
    log.end()
    assert log.close().bytes == len("go on as hu")
