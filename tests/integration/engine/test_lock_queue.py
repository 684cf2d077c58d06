"""Who watches a task that waits at a lock sees it move up."""

from __future__ import annotations

from contextlib import aclosing

import pytest
from engine_bench import Bench

from tasktrail.local.shape import TaskChanged

HELD = """
locks: [db]
jobs: {main: {steps: ['until test -e %s; do sleep 0.01; done']}}
"""


@pytest.mark.parametrize("leaves", ["the holder", "one who waits"])
async def test_a_watcher_is_told_of_each_move_in_the_queue_for_a_lock(
    bench: Bench, leaves: str
) -> None:
    go = [bench.directory / f"go-{number}" for number in range(3)]
    task_ids = [await bench.submit(HELD % path) for path in go]
    seen: list[tuple[int | None, int | None]] = []

    watched = {"id": task_ids[2], "system": True}
    async with aclosing(bench.watch(watched)) as items:
        async for item in items:
            if not isinstance(item, TaskChanged) or not item.task.waiting_on:
                continue
            wait = item.task.waiting_on[0]
            seen.append((wait.task_id, wait.position))
            if len(seen) == 1:
                if leaves == "the holder":
                    go[0].touch()
                else:
                    await bench.cancel(task_ids[1])
            elif wait.position == 1:
                break

    holder = task_ids[1 if leaves == "the holder" else 0]
    assert seen == [(task_ids[0], 2), (holder, 1)]
    for path in go:
        path.touch()
    await bench.ended(task_ids[2])
