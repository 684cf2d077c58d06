"""Acts in which something is missing: space, file handles, the database, the right time."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from act import Stage, finish, judged
from clock_file import ClockFile
from desk import Desk
from score import Score

from tasktrail.errors import ConnectionLostError
from tasktrail.model.status import Status

_DISK = 24 * 1024 * 1024
_PIECE = 64 * 1024
_HOLD_LOCK = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
database.execute("ROLLBACK")
"""


async def disk_full(stage: Stage, count: int, times: int = 5) -> Score | None:
    """Fill the disk of the data directory while tasks run; None where nothing may be mounted."""
    desk = stage.desk("disk full")
    options = f"size={_DISK},mode=0700"
    mounted = os.geteuid() == 0 and await _call(
        "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(desk.data)
    )
    if not mounted:
        return None
    try:
        stage.configure(desk)
        async with judged(desk):
            engine = stage.engines.start(desk.data)
            for number in range(times):
                await _submit(desk, count // times // 2)
                ballast = desk.data / "ballast"
                _fill(ballast)
                desk.score.injected += 1
                await _submit(desk, count // times // 2)
                await asyncio.sleep(1.0)
                ballast.unlink()
                stage.advance("disk full", (number + 1) / times)
            await finish(desk, engine)
    finally:
        await _call("umount", "-l", str(desk.data))
    return desk.score


async def _call(*command: str) -> bool:
    called = await asyncio.create_subprocess_exec(*command, stderr=subprocess.DEVNULL)
    return await called.wait() == 0


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        piece = bytes(_PIECE)
        while file.write(piece) == _PIECE:
            pass
        while file.write(b"0"):
            pass


async def few_file_handles(stage: Stage, count: int, times: int = 5) -> Score:
    """Let the engine have hardly any file handles while tasks run."""
    desk = stage.desk("file handles")
    stage.configure(desk)
    async with judged(desk):
        engine = stage.engines.start(desk.data)
        await _submit(desk, 10)
        for number in range(times):
            engine.limit_file_handles(30 + 4 * number)
            desk.score.injected += 1
            await _submit(desk, count // times // 2)
            await asyncio.sleep(1.0)
            engine.limit_file_handles(4096)
            await _submit(desk, count // times // 2)
            stage.advance("file handles", (number + 1) / times)
        await finish(desk, engine)
    return desk.score


async def foreign_lock(stage: Stage, count: int, seconds: float) -> Score:
    """Another process holds the lock of the database while `count` tasks are submitted."""
    desk = stage.desk("foreign lock")
    stage.configure(desk)
    async with judged(desk):
        engine = stage.engines.start(desk.data)
        await _submit(desk, 10)
        for number, share in enumerate((0.1, 0.25, 1.0)):
            holder = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                _HOLD_LOCK,
                str(desk.data / "tasktrail.db"),
                str(share * seconds),
                stdout=subprocess.PIPE,
            )
            assert holder.stdout is not None
            await holder.stdout.readline()
            desk.score.injected += 1
            await _submit(desk, count // 3, at_once=50)
            await holder.wait()
            stage.advance("foreign lock", (number + 1) / 3)
        await _submit(desk, 10)
        await finish(desk, engine)
    return desk.score


async def clock_jumps(stage: Stage, count: int, times: int = 12) -> Score:
    """Set the clock back by up to hours and forward by up to ten minutes, also between two lives.

    After a jump forward by more than a task's limit, that limit may have passed indeed.
    """
    desk = stage.desk("clock jumps")
    stage.configure(desk)
    rng = random.Random(f"{stage.seed} clock")
    clock = ClockFile(desk.here / "clock")
    async with judged(desk):
        engine = stage.engines.start(desk.data)
        started, wrong_by = time.monotonic(), 0
        for number in range(times):
            submitting = asyncio.create_task(_submit(desk, count // times))
            await asyncio.sleep(rng.uniform(0, 0.5))
            wrong_by += rng.choice((-3600, -600, -1, 1, 600))
            clock.set(wrong_by)
            desk.score.injected += 1
            await submitting
            if number % 4 == 3:
                wrong_by -= 10_000
                clock.set(wrong_by)
                desk.score.injected += 2
                await engine.kill()
                engine = stage.engines.start(desk.data)
            stage.advance("clock jumps", (number + 1) / times)
        await desk.until_idle(60 + time.monotonic() - started)
        _check_ends(desk, await desk.statuses())
        await engine.stop()
    return desk.score


def _check_ends(desk: Desk, statuses: dict[int, Status]) -> None:
    """Nothing expired before its time. An engine that was killed has failed what it ran."""
    for task_id, kind in desk.accepted.items():
        allowed = {kind.ends, Status.FAILED, *((Status.CANCELED,) if kind.canceled else ())}
        if statuses.get(task_id) not in allowed:
            desk.score.complain(f"task {task_id} ({kind.name}) is {statuses.get(task_id)}")


async def _submit(desk: Desk, count: int, at_once: int = 4) -> None:
    """Submit so many tasks, whether they are accepted or refused."""
    left = iter(range(count))

    async def some() -> None:
        with suppress(ConnectionLostError):
            async with desk.client() as client:
                for _ in left:
                    await desk.submit(client)

    await asyncio.gather(*(some() for _ in range(min(at_once, count))))
