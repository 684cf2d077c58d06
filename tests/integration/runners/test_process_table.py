"""One look at the process table for all who look at about the same time."""

from __future__ import annotations

import asyncio
import os

from process_trees import Bench, Recorder

from tasktrail.runners.process_table import ProcessTable


async def test_a_look_is_shared_for_a_while_and_never_when_a_fresh_one_is_asked_for() -> None:
    table = ProcessTable()
    look = table.fresh()
    assert os.getpid() in {process.pid for process in look.processes}
    assert table.recent() is look or table.number > look.number
    assert table.fresh().number > look.number

    latest = table.fresh()
    await asyncio.sleep(latest.age)
    assert table.recent().number > latest.number


async def test_trees_that_are_stopped_together_all_end(bench: Bench) -> None:
    trees = [await bench.start("sleep 1000", Recorder()) for _ in range(8)]
    receipts = await asyncio.gather(*(tree.stop(stop_signal="SIGTERM", grace=10) for tree in trees))
    for tree, receipt in zip(trees, receipts, strict=True):
        assert tree.pid in {note.pid for note in receipt.signalled}
        assert receipt.killed == ()
        assert receipt.survived == ()
