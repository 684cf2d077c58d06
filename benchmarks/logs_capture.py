"""P4: a step that writes much, captured by an engine, beside `cat | zstd -1`.

Run as a program it captures once, in a process of its own, and prints what that took.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.memory import HighWater
from benchmarks.turn import CHECKOUT
from tasktrail.bootstrap import open_world
from tasktrail.local.request import Person, Submission, TaskSelection
from tasktrail.model.author import AuthorKind

_RUNBOOK = """
name: capture
inputs:
  key: {{type: secret, required: false}}
jobs:
  capture:
    steps:
      - name: Cat
        run: cat {text}
"""
_COMPRESSOR = """
import sys, zstandard
sys.stderr.write("ready")
sys.stderr.close()
zstandard.ZstdCompressor(level=1).copy_stream(sys.stdin.buffer, sys.stdout.buffer)
"""


def capture(text: Path, secret: str, directory: Path) -> dict[str, float]:
    """Seconds from the submission of the step until its end is recorded and its log on the disk,
    and MiB of memory that its engine has taken more than before; in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.logs_capture", str(text), secret, str(directory)]
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=CHECKOUT)
    return json.loads(ended.stdout.splitlines()[-1])


def compressor() -> str:
    """What does `zstd -1` here."""
    if shutil.which("zstd"):
        return "cat | zstd -1 > file"
    return "cat | Python with zstandard, level 1 > file (there is no zstd here)"


def compress(text: Path, directory: Path) -> float:
    """Seconds of `cat text | zstd -1 > file`, the start of the compressor not counted."""
    with (directory / "compressed").open("wb") as target:
        if shutil.which("zstd"):
            second = _piped(["zstd", "-1", "-q", "-c"], target.fileno())
        else:
            second = _piped([sys.executable, "-c", _COMPRESSOR], target.fileno())
            assert second.stderr is not None
            second.stderr.read()
        assert second.stdin is not None
        start = time.perf_counter()
        with subprocess.Popen(["cat", text], stdout=second.stdin):
            second.stdin.close()
            second.wait()
        return time.perf_counter() - start


def _piped(command: list[str], target: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=target, stderr=subprocess.PIPE)


async def _capture(text: Path, secret: str, directory: Path) -> dict[str, float]:
    runbook = directory / "capture.yml"
    runbook.write_text(_RUNBOOK.format(text=text))
    submission = Submission(
        author=AuthorKind.USER,
        user=Person(id=1, name="Benchmark"),
        target=str(runbook),
        root=str(directory),
        inputs={"key": secret} if secret else {},
    )
    async with open_world(directory / "data", engine=True) as world:
        assert world.engine is not None
        memory = HighWater()
        start = time.perf_counter()
        await world.operations.call("submit", submission.arguments())
        await world.engine.idle()
        seconds = time.perf_counter() - start
        peak = memory.mib()
        task: Any = await world.operations.call("task", TaskSelection(id=1).arguments())
        _check(task, text, secret, directory)
    return {"seconds": seconds, "peak_mib": peak}


def _check(task: dict[str, Any], text: Path, secret: str, directory: Path) -> None:
    """Nothing is missing, and no line of the secret is in the log."""
    from tasktrail.logs.line_range import WHOLE
    from tasktrail.logs.pattern import make_pattern
    from tasktrail.logs.reader import LogReader
    from tasktrail.logs.search import count_hits

    (log,) = (directory / "data" / "logs").glob("*/*/*.log")
    assert task["status"] == "done", task
    with LogReader(log) as reader, text.open("rb") as written:
        assert reader.line_count == sum(
            chunk.count(b"\n") for chunk in iter(lambda: written.read(1 << 20), b"")
        )
        for line in secret.splitlines()[:1]:
            assert sum(count_hits(reader, make_pattern(line), WHOLE)) == 0
            assert sum(count_hits(reader, make_pattern("Authorization: ********"), WHOLE)) > 0


if __name__ == "__main__":
    arguments = sys.argv[1:]
    print(json.dumps(asyncio.run(_capture(Path(arguments[0]), arguments[1], Path(arguments[2])))))
