from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from log_model import Ticks, raw_bytes, shown_lines

from tasktrail.logs.place import LogPlace
from tasktrail.logs.reader import LogReader
from tasktrail.logs.recovery import recover
from tasktrail.logs.segment import index_path
from tasktrail.logs.writer import LogWriter
from tasktrail.model.step import LogSummary
from tasktrail.model.stream import Stream
from tasktrail.runners.step_call import OutputSink

KIB = 1024


def test_step_that_prints_nothing_leaves_no_file(tmp_path: Path) -> None:
    path = LogPlace(tmp_path / "logs").path(7, 3, 1)
    summary = LogWriter(path, clock=Ticks()).close()
    assert summary == LogSummary()
    assert list(tmp_path.iterdir()) == []
    assert shown_lines(path) == []
    assert raw_bytes(path) == b""
    assert recover(path) == summary


def test_each_attempt_has_a_file_of_its_own(tmp_path: Path) -> None:
    place = LogPlace(tmp_path)
    assert place.path(123_456, 9, 2) == tmp_path / "123" / "123456" / "9-2.log"
    assert place.path(123_456, 9, 2).parent == place.task_directory(123_456)


def test_writer_is_the_output_sink_of_the_runners(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.log"
    writer = LogWriter(path, clock=Ticks())
    sink: OutputSink = writer
    sink.write(Stream.STDOUT, b"out\n")
    sink.write(Stream.STDERR, b"err\n")
    sink.write(Stream.SYSTEM, b"us\n")
    assert writer.close().lines == 3
    assert shown_lines(path) == [
        (Stream.STDOUT, b"out"),
        (Stream.STDERR, b"err"),
        (Stream.SYSTEM, b"us"),
    ]


def test_note_is_a_line_of_its_own_whatever_is_open(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    writer = LogWriter(path, clock=Ticks())
    writer.write(Stream.STDOUT, b"Password: ")
    writer.write(Stream.SYSTEM, b"unfinished")
    writer.note("process 7 had to be killed\nand 8 as well")
    summary = writer.close()
    assert summary.lines == 4
    assert shown_lines(path) == [
        (Stream.SYSTEM, b"unfinished"),
        (Stream.SYSTEM, b"process 7 had to be killed"),
        (Stream.SYSTEM, b"and 8 as well"),
        (Stream.STDOUT, b"Password: "),
    ]


def test_close_is_idempotent_and_ends_the_writing(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path / "a.log", clock=Ticks())
    writer.write(Stream.STDOUT, b"x")
    assert writer.close() == writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write(Stream.STDOUT, b"y")


def test_log_that_exists_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    first = LogWriter(path, clock=Ticks())
    first.write(Stream.STDOUT, b"first\n")
    second = LogWriter(path, clock=Ticks())
    with pytest.raises(FileExistsError):
        second.write(Stream.STDOUT, b"second\n")
    first.close()
    assert raw_bytes(path) == b"first\n"


@pytest.mark.parametrize("stream", [0, 8, -1])
def test_unknown_stream_is_refused(tmp_path: Path, stream: int) -> None:
    with pytest.raises(ValueError, match="no stream"):
        LogWriter(tmp_path / "a.log", clock=Ticks()).write(stream, b"x")


def test_line_of_many_mebibytes_is_ended_by_force_and_kept_exactly(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    writer = LogWriter(path, clock=Ticks(), max_line=64 * KIB)
    piece = bytes(range(10, 10 + 97)).replace(b"\n", b"!") * 1000
    for _ in range(50):
        writer.write(Stream.STDOUT, piece)
    writer.write(Stream.STDOUT, b"\nend\n")
    writer.close()
    lines = shown_lines(path)
    assert raw_bytes(path) == piece * 50 + b"\nend\n"
    assert {len(text) for _, text in lines[:-2]} == {64 * KIB}
    assert lines[-1] == (Stream.STDOUT, b"end")


def test_chunk_of_any_size_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    writer = LogWriter(path, clock=Ticks())
    chunk = b"".join(b"%d\n" % number for number in range(300_000))
    writer.write(Stream.STDOUT, chunk)
    assert writer.close().lines == 300_000
    assert raw_bytes(path) == chunk
    with LogReader(path) as reader:
        assert [line.text for line in reader.lines(123_456, 123_457)] == [b"123455", b"123456"]


def test_cap_keeps_what_fits_and_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    writer = LogWriter(path, clock=Ticks(), cap=1000)
    line = b"x" * 299 + b"\n"
    for _ in range(5):
        writer.write(Stream.STDOUT, line)
    writer.note("the end")
    summary = writer.close()
    assert summary.truncated
    assert raw_bytes(path, Stream.STDOUT) == (line * 5)[:1000]
    assert [text for _, text in shown_lines(path)[3:]] == [
        b"[tasktrail] the log has reached its limit of 1000 bytes; what follows is not kept",
        b"the end",
        b"[tasktrail] 500 bytes were not kept",
        b"x" * 100,
    ]
    assert recover(path) == summary


def test_cap_bounds_the_file_of_tiny_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    writer = LogWriter(path, clock=Ticks(), cap=10_000)
    for _ in range(5_000):
        writer.write(Stream.STDOUT, b"x")
    assert path.stat().st_size < 4 * 10_000 + KIB
    assert writer.close().truncated


def test_log_of_many_tiny_writes_becomes_small_when_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    writer = LogWriter(path, clock=Ticks())
    for number in range(20_000):
        writer.write(Stream.STDOUT if number % 3 else Stream.STDERR, b"line number %d\n" % number)
    with LogReader(path) as reader:
        before = list(reader.lines())
        size = path.stat().st_size
        writer.close()
        with LogReader(path) as later:
            assert list(later.lines()) == before
            assert list(later.lines(11_111, 11_222)) == before[11_110:11_222]
        assert list(reader.lines()) == before
    assert path.stat().st_size * 5 < size
    assert sorted(tmp_path.iterdir()) in ([path], [path, index_path(path)])


FULL_DISK = """
import json, resource, sys
from pathlib import Path
from tasktrail.logs.writer import LogWriter

ticks = iter(range(10**6, 10**9))
def disk(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

writer = LogWriter(Path(sys.argv[1]), clock=lambda: next(ticks))
writer.write(1, b"kept\\nbegun ")
disk(150)
for _ in range(3):
    writer.write(1, bytes(range(11, 256)))
if sys.argv[2] == "again":
    disk(10**6)
    writer.write(1, b"later\\n")
else:
    try:
        writer.close()
    except OSError:
        disk(10**6)
summary = writer.close()
print(json.dumps([summary.bytes, summary.lines, summary.truncated]))
"""


@pytest.mark.parametrize("course", ["again", "at the end"])
def test_full_disk_is_survived_and_told(tmp_path: Path, course: str) -> None:
    path = tmp_path / "a.log"
    child = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path), course],
        stdout=subprocess.PIPE,
        check=True,
        timeout=60,
    )
    size, count, truncated = json.loads(child.stdout)
    assert truncated
    expected = {
        "again": [
            (Stream.STDOUT, b"kept"),
            (Stream.SYSTEM, b"[tasktrail] 735 bytes of output are lost here: File too large"),
            (Stream.STDOUT, b"begun "),
            (Stream.STDOUT, b"later"),
        ],
        "at the end": [
            (Stream.STDOUT, b"kept"),
            (Stream.SYSTEM, b"[tasktrail] 735 bytes of output are lost here: File too large"),
            (Stream.STDOUT, b"begun "),
        ],
    }
    assert shown_lines(path) == expected[course]
    assert (len(raw_bytes(path)), len(shown_lines(path))) == (size, count)
    with LogReader(path) as reader:
        assert reader.sealed
