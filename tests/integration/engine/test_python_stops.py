"""Python steps that never yield are stopped, and the engine answers all the while."""

from __future__ import annotations

import asyncio
import time

import pytest
from engine_bench import Bench, step_of

from tasktrail.model.status import Status

MODULE = """
import ctypes

def loop():
    print("ready", flush=True)
    while True:
        pass

def deaf():
    print("ready", flush=True)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass

def deadlock_in_c():
    print("ready", flush=True)
    mutex = (ctypes.c_char * 64)()
    for _ in range(2):
        ctypes.PyDLL(None).pthread_mutex_lock(mutex)

def big_number():
    print("ready", flush=True)
    3 ** (3 * 10**8)

def search():
    import re
    print("ready", flush=True)
    re.match(r"(a+)+$", "a" * 40 + "b")
"""
LONGEST_DELAY = 0.25
"""Seconds. Two processors that are busy with other tests; by itself it is some 5 ms."""


class LoopWatch:
    """Measures how late the event loop comes back to what is due."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        self._task = asyncio.create_task(self._measure())

    def stop(self) -> float:
        """The delay that one in ten was above, in seconds."""
        assert self.delays
        self._task.cancel()
        return sorted(self.delays)[len(self.delays) * 9 // 10]

    async def _measure(self) -> None:
        while True:
            due = time.monotonic() + 0.01
            await asyncio.sleep(0.01)
            self.delays.append(time.monotonic() - due)


@pytest.mark.parametrize("how", ["cancel", "timeout"])
@pytest.mark.parametrize("function", ["loop", "deaf", "deadlock_in_c", "big_number", "search"])
async def test_a_step_that_never_yields_is_stopped_while_the_engine_answers(
    bench: Bench, function: str, how: str
) -> None:
    (bench.directory / "stubborn.py").write_text(MODULE)
    limit = "timeout: 700ms, " if how == "timeout" else ""
    task_id = await bench.submit(f"""
grace: 200ms
jobs: {{main: {{steps: [{{name: Work, {limit}python: 'stubborn:{function}'}}]}}}}
""")
    await bench.until_line(task_id, "ready")
    watch = LoopWatch()
    for _ in range(20):
        await bench.task(task_id)
        await asyncio.sleep(0.005)
    if how == "cancel":
        await bench.cancel(task_id)

    task = await bench.ended(task_id)

    assert watch.stop() < LONGEST_DELAY
    assert task.status is (Status.CANCELED if how == "cancel" else Status.TIMED_OUT)
    receipt = step_of(task, "Work").attempts[-1].receipt
    assert receipt is not None
    assert receipt.survived == ()
    assert receipt.proof is not None
    assert bool(receipt.killed) == (function in {"deaf", "deadlock_in_c"})
    assert bench.processes() == []
