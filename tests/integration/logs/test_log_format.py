from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from log_model import write_log

from tasktrail.logs.reader import LogReader
from tasktrail.model.stream import Stream

DOCUMENT = Path(__file__).parents[3] / "docs" / "log-format.md"


def test_reader_of_the_documentation_reads_what_tasktrail_writes(tmp_path: Path) -> None:
    (reader,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    numbers = [(1 + n % 2, b"line %d \xff\r\nand a beginning " % n) for n in range(600)]
    long = [
        (Stream.STDOUT, b"compressed " * 500),
        (Stream.STDERR, b"x" * 3000 + b"\n"),
        (Stream.STDOUT, b"open"),
    ]
    for name, writes in (("compacted", [*numbers, *long]), ("as written", long)):
        path = tmp_path / name
        write_log(path, writes, max_line=1024)
        printed = subprocess.run(
            [sys.executable, "-c", reader, str(path)], stdout=subprocess.PIPE, check=True, text=True
        ).stdout
        with LogReader(path) as ours:
            expected = [
                f"{line.number} {line.time} {line.stream} {line.text!r}" for line in ours.lines()
            ]
        assert printed.splitlines() == expected
