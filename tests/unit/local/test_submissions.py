from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from tasktrail.local.submissions import Submissions
from tasktrail.local.transport import JsonObject


class Tasks:
    """Tasks that end when a test says so."""

    def __init__(self) -> None:
        self.spawned: dict[int, list[int]] = {}
        self.running_already: list[int] = []
        self.ends: dict[int, asyncio.Event] = {}
        self._last = 0

    def end(self, task_id: int) -> None:
        self.ends[task_id].set()

    async def call(self, operation: str, arguments: JsonObject, /) -> object:
        if operation == "tasks":
            alive = [n for n in self.running_already if not self.ends[n].is_set()]
            return {"items": [self._json(n) for n in alive], "totalCount": len(alive)}
        self._last += 1
        self.ends[self._last] = asyncio.Event()
        return {"success": True, "taskId": self._last}

    async def stream(self, operation: str, arguments: JsonObject, /) -> AsyncIterator[object]:
        task_id = int(str(arguments["id"]))
        ended = self.ends[task_id]
        if not ended.is_set():
            yield {"type": "task", "task": self._json(task_id)}
            await ended.wait()
        yield {"type": "task", "task": self._json(task_id)}

    def _json(self, task_id: int) -> JsonObject:
        status = "done" if self.ends[task_id].is_set() else "in_progress"
        spawned = self.spawned.get(task_id, [])
        return {"id": task_id, "name": "x", "status": status, "spawnedTaskIds": spawned}


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_nothing_submitted_and_nothing_running_is_quiet_at_once() -> None:
    waited: list[int] = []
    await Submissions(Tasks()).ended(waited.append)
    assert waited == []


async def test_what_others_submitted_and_what_it_spawned_is_seen_through() -> None:
    tasks, waited = Tasks(), list[int]()
    submissions = Submissions(tasks)
    await submissions.call("submit", {})
    await submissions.call("rerun", {})
    await tasks.call("submit", {})  # spawned by task 2: not submitted from outside
    tasks.spawned[2] = [3]
    quiet = asyncio.create_task(submissions.ended(waited.append))
    for task_id in (1, 2, 3):
        await settle()
        assert not quiet.done()
        tasks.end(task_id)
    await asyncio.wait_for(quiet, 5)
    assert waited == [1, 2, 3]


async def test_what_ran_already_is_seen_through_as_well() -> None:
    tasks, waited = Tasks(), list[int]()
    await tasks.call("submit", {})
    tasks.running_already = [1]
    quiet = asyncio.create_task(Submissions(tasks).ended(waited.append))
    await settle()
    assert not quiet.done()
    tasks.end(1)
    await asyncio.wait_for(quiet, 5)
    assert waited == [1]


async def test_a_recording_has_nothing_to_see_through() -> None:
    tasks = Tasks()
    submissions = Submissions(tasks)
    await submissions.call("record", {})
    await asyncio.wait_for(submissions.ended(lambda _: None), 5)
