"""Following a task on a server to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from tasktrail.client.api import Api
from tasktrail.client.remote_logs import POLL, LogFollower, RemoteLogs
from tasktrail.local import request
from tasktrail.local.arguments import read_arguments
from tasktrail.local.shape import Task, read
from tasktrail.local.transport import JsonObject


async def watch(api: Api, logs: RemoteLogs, arguments: JsonObject) -> AsyncGenerator[object]:
    """See the operation `watch`: the task after every change, and its lines before its end."""
    wanted = read_arguments(arguments, request.WatchSelection)
    follower = LogFollower(logs, request.LogSelection(id=wanted.id, follow=True))
    shown: JsonObject | None = None
    while True:
        answer: JsonObject = await api.get(f"tasks/{wanted.id}", patient=True)
        task = read(answer, Task)
        final = task.status.final
        if answer != shown and not final:
            yield {"type": "task", "task": answer}
            shown = answer
        if wanted.logs:
            async for block in follower.news(task):
                yield block
        if final:
            yield {"type": "task", "task": answer}
            return
        await asyncio.sleep(POLL)
