from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from log_model import raw_bytes, shown_lines

from tasktrail.logs.reader import LogReader
from tasktrail.logs.recovery import recover
from tasktrail.model.stream import Stream

WRITER = """
import os, sys, time
from pathlib import Path
from tasktrail.logs.writer import LogWriter

writer = LogWriter(Path(sys.argv[1]), clock=lambda: time.time_ns() // 1000)
size = int(sys.argv[2])
number = 0
while True:
    line = b"%d " % number + os.urandom(size).replace(b"\\n", b"?") + b"\\n"
    writer.write(1 + number % 2, line)
    os.write(1, b"%d\\n" % number)
    number += 1
"""


@pytest.mark.parametrize(("size", "after"), [(0, 1), (10, 700), (200_000, 3), (200_000, 40)])
def test_killed_writer_loses_nothing_that_it_had_written(
    tmp_path: Path, size: int, after: int
) -> None:
    path = tmp_path / "a.log"
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(size)], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    with child.stdout as written:
        for _ in range(after):
            written.readline()
        os.kill(child.pid, signal.SIGKILL)
        acknowledged = after + written.read().count(b"\n")
    child.wait()

    before = shown_lines(path)
    raw = raw_bytes(path)
    assert len(before) >= acknowledged
    assert [int(text.split(b" ")[0]) for _, text in before] == list(range(len(before)))
    assert [stream for stream, _ in before[:2]] == [Stream.STDOUT, Stream.STDERR][: len(before)]

    summary = recover(path)
    assert shown_lines(path) == before
    assert raw_bytes(path) == raw
    assert (summary.lines, summary.bytes) == (len(before), len(raw))
    with LogReader(path) as reader:
        assert reader.sealed
