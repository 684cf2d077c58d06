"""Logs of other machines arrive in order, whole and once."""

from __future__ import annotations

from pathlib import Path

from tasktrail.logs.hub import LogHub
from tasktrail.logs.local_intake import LocalLogIntake
from tasktrail.logs.log_intake import frames_within
from tasktrail.logs.place import LogName, LogPlace
from tasktrail.logs.reader import LogReader
from tasktrail.logs.recovery import recover
from tasktrail.logs.writer import LogWriter
from tasktrail.model.instant import Instant
from tasktrail.model.step import LogSummary

NAME = LogName(4711, 12, 1)


def written(path: Path, count: int) -> tuple[bytes, LogSummary]:
    """A log of many small frames, which only ever grew."""
    writer = LogWriter(path, clock=lambda: Instant(5), compacts=False)
    for number in range(count):
        writer.write(1, f"line {number}\n".encode())
    before = path.read_bytes()
    summary = writer.close()
    assert path.read_bytes().startswith(before)
    return path.read_bytes(), summary


async def test_a_log_in_parts_that_come_twice_and_too_early_is_the_log(tmp_path: Path) -> None:
    content, summary = written(tmp_path / "a.log", 2000)
    place = LogPlace(tmp_path / "there")
    intake = LocalLogIntake(place, LogHub())
    size, most = 0, 10_000
    while size < len(content):
        assert await intake.append(NAME, size + most, content[size + most :]) == size
        whole = frames_within(content[size : size + most], size)
        for offset in (size, 0):
            known = await intake.append(NAME, offset, content[offset : size + whole])
            assert known == size + whole
        size += whole
    for _ in range(2):
        await intake.close(NAME, summary)
    assert await intake.append(NAME, size, content) == size, "it is closed"
    assert place.path(*NAME).read_bytes() == content
    with LogReader(place.path(*NAME)) as reader:
        assert reader.line_count == summary.lines == 2000


async def test_a_log_whose_writer_is_lost_is_closed_with_what_there_is_of_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.log"
    writer = LogWriter(path, clock=lambda: Instant(5), compacts=False)
    writer.write(1, b"one\nhalf a li")
    begun = path.read_bytes()
    place = LogPlace(tmp_path / "there")
    intake = LocalLogIntake(place, LogHub())
    await intake.append(NAME, 0, begun)
    for _ in range(2):
        assert (await intake.settle(NAME)).lines == 2
    settled = place.path(*NAME).read_bytes()
    writer.write(1, b"ne\n")
    await intake.append(NAME, len(begun), path.read_bytes()[len(begun) :])
    assert place.path(*NAME).read_bytes() == settled, "its writer comes too late"
    with LogReader(place.path(*NAME)) as reader:
        assert reader.line_count == 2


async def test_a_log_that_never_came_is_settled_as_an_empty_one(tmp_path: Path) -> None:
    intake = LocalLogIntake(LogPlace(tmp_path), LogHub())
    assert await intake.settle(NAME) == LogSummary()


def test_only_whole_frames_count(tmp_path: Path) -> None:
    content, _ = written(tmp_path / "a.log", 3)
    ends = {frames_within(content[:length], 0) for length in range(len(content) + 1)}
    assert len(ends) == 5, "nothing, three lines and the seal"
    assert frames_within(content + b"x", 0) == len(content)
    assert frames_within(b"x" + content, 0) == 0
    assert frames_within(b"", 0) == 0


def test_a_log_that_is_repaired_where_it_must_not_change_only_grows(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    writer = LogWriter(path, clock=lambda: Instant(5), compacts=False)
    for number in range(2000):
        writer.write(1, f"line {number}\n".encode())
    writer.write(1, b"open")
    before = path.read_bytes()
    summary = recover(path, compacts=False)
    assert path.read_bytes().startswith(before)
    assert summary.lines == 2001
    assert recover(path, compacts=False) == summary


def test_a_name_is_found_by_its_path(tmp_path: Path) -> None:
    place = LogPlace(tmp_path)
    assert place.name_of(place.path(*NAME)) == NAME
    assert place.name_of(tmp_path / "4" / "4711" / "notes.txt") is None
