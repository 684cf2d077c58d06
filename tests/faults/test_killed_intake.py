"""A kill of what takes in the log of a worker loses nothing that it has acknowledged, and leaves
nothing behind."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from contract.live_bench import WorkerLog
from faults.intake_life import ACKNOWLEDGED, WORKER_LOG, opened
from faults.lives import Lives
from s3_server import S3Server
from tasktrail.failpoints import Failpoint
from tasktrail.logs.reader import LogReader

LINES = [f"line {number}" for number in range(12)]

STATIONS = (
    (Failpoint.LIVE_CHUNK_STORED, 1),
    (Failpoint.LIVE_CHUNK_STORED, 3),
    (Failpoint.LIVE_CHUNK_RECORDED, 1),
    (Failpoint.LIVE_CHUNK_RECORDED, 4),
    (Failpoint.LIVE_CLOSED, 1),
    (Failpoint.LIVE_JOINED, 1),
    (Failpoint.LOG_UPLOADED, 1),
    (Failpoint.LOG_VERIFIED, 1),
    (Failpoint.LOG_PLACE_RECORDED, 1),
    (Failpoint.LOG_LOCAL_REMOVED, 1),
    (Failpoint.LIVE_CHUNKS_REMOVED, 1),
    (Failpoint.LIVE_FORGOTTEN, 1),
)


@pytest.mark.parametrize(("failpoint", "hit"), STATIONS)
async def test_a_kill_there_loses_nothing_that_was_acknowledged(
    lives: Lives, tmp_path: Path, failpoint: Failpoint, hit: int
) -> None:
    write(tmp_path)
    killed = lives.live(tmp_path, "intake", f"{failpoint}:{hit}")
    assert killed == -signal.SIGKILL, (tmp_path / "said").read_text()

    assert await read(tmp_path) >= acknowledged(tmp_path)
    assert lives.live(tmp_path, "intake") == 0, (tmp_path / "said").read_text()

    assert await read(tmp_path, ended=True) == LINES
    left = [path.name for path in (tmp_path / "archive").rglob("*") if path.is_file()]
    assert left == ["1-1.log"]
    assert not list((tmp_path / "archive" / "shop" / "live").rglob("*-*"))
    assert not [path for path in (tmp_path / "joining").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("failpoint", "hit"),
    [
        (Failpoint.LIVE_CHUNK_STORED, 2),
        (Failpoint.LOG_VERIFIED, 1),
        (Failpoint.LIVE_CHUNKS_REMOVED, 1),
    ],
)
async def test_a_kill_beside_s3_leaves_one_object_in_the_end(
    s3: S3Server, lives: Lives, tmp_path: Path, failpoint: Failpoint, hit: int
) -> None:
    bucket = f"intake.{failpoint.replace('_', '.')}"
    s3.make_bucket(bucket)
    (tmp_path / "config.toml").write_text(s3.settings(bucket))
    write(tmp_path)
    assert lives.live(tmp_path, "intake", f"{failpoint}:{hit}") == -signal.SIGKILL
    assert await read(tmp_path) >= acknowledged(tmp_path)
    assert lives.live(tmp_path, "intake") == 0, (tmp_path / "said").read_text()
    assert await read(tmp_path, ended=True) == LINES
    assert [key.rpartition("/")[2] for key in s3.keys(bucket)] == ["1-1.log"]


def write(here: Path) -> None:
    """What the worker has on its disk."""
    log = WorkerLog(here / WORKER_LOG)
    for line in LINES:
        log.say(line)
    log.close()


def acknowledged(here: Path) -> list[str]:
    """The lines of which all bytes were acknowledged."""
    noted = here / ACKNOWLEDGED
    known = int(noted.read_text()) if noted.exists() else 0
    part = here / "part.log"
    part.write_bytes((here / WORKER_LOG).read_bytes()[:known])
    with LogReader(part) as reader:
        return [line.text.decode() for line in reader.lines()]


async def read(here: Path, *, ended: bool = False) -> list[str]:
    """The lines that another process finds."""
    async with opened(here) as (one, name):
        return await one.lines(name, ended=ended)
