"""What of a log that comes from another machine is whole, and what becomes of the rest."""

from __future__ import annotations

from pathlib import Path

from tasktrail.logs.log_intake import frames_within
from tasktrail.logs.place import LogName, LogPlace
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
