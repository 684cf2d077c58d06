"""A worker of a process of its own, to be killed: URL KEY DIRECTORY TASK JOB CLAIM."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack, nullcontext
from pathlib import Path

from tasktrail.actions.work.held_job import HeldJob
from tasktrail.bootstrap.worker import own_ground, tools_of
from tasktrail.worker.job_run import JobRun
from tasktrail.worker.lease import Lease
from tasktrail.worker.work_api import ServerAddress, WorkApi


async def main() -> None:
    url, key, directory, task_id, job_id, claim = sys.argv[1:]
    held = HeldJob(int(task_id), int(job_id), claim)
    async with AsyncExitStack() as stack:
        ground = await own_ground(stack, Path(directory))
        api = await stack.enter_async_context(WorkApi(ServerAddress(url), key))
        tools = tools_of(stack, ground, api, await api.myself(), 1, nullcontext)
        await JobRun(tools, held, Lease(), b"a token").carry_out()


if __name__ == "__main__":
    asyncio.run(main())
