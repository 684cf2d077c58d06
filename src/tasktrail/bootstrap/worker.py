"""A worker, and the directory that it works in."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from tasktrail.bootstrap.machine import clock, new_reference
from tasktrail.bootstrap.processes import Processes, take_over_processes
from tasktrail.data_directory import DataDirectory, own_data_directory
from tasktrail.engine.persistence import Persistence
from tasktrail.engine.workshop import Workshop
from tasktrail.errors import RefusedError, StoreUnavailableError
from tasktrail.logs.hub import LogHub
from tasktrail.logs.place import LogPlace
from tasktrail.model.plan import CommandAction, PythonAction, SystemAction
from tasktrail.runners.command import CommandRunner
from tasktrail.runners.environment import base_environment
from tasktrail.runners.file_tree import remove_tree
from tasktrail.runners.python.runner import PythonRunner
from tasktrail.runners.system import SystemRunner
from tasktrail.worker.api_watch import ApiWatch
from tasktrail.worker.held_jobs import HeldJobs
from tasktrail.worker.job_run import Tools
from tasktrail.worker.last_life import LastLife
from tasktrail.worker.work_api import WorkApi, WorkerSelf

_COLLECTED_AFTER = 10_000
"""As in the embedded engine: nearly all that is made for a job goes without the collector."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The directory of a worker, in which nothing runs any more that an earlier life has begun."""

    directory: DataDirectory
    processes: Processes
    held_jobs: HeldJobs
    persistence: Persistence

    @property
    def logs(self) -> LogPlace:
        """Where logs are until they have arrived."""
        return LogPlace(self.directory.logs)


async def own_ground(stack: AsyncExitStack, data: Path) -> Ground:
    """Own the directory, and end what an earlier life has left running, whoever can be reached.

    Raises:
        DataDirectoryInUseError: another worker works in that directory.
        DataDirectoryError: it cannot be used.
    """
    directory = own_data_directory(data, records=False)
    stack.callback(directory.release)
    processes = await take_over_processes(stack, directory, clock)
    await asyncio.to_thread(_clear, directory.workspaces)
    return Ground(directory, processes, HeldJobs(directory.path / "held"), Persistence())


def settle_last_life(
    stack: AsyncExitStack, ground: Ground, api: WorkApi, left: Callable[[bytes], Awaitable[None]]
) -> None:
    """Tell what became of the jobs of an earlier life, beside the work of this one; `left` tells
    Temporal, by a token, that a job has left this worker."""
    last_life = LastLife(
        api, ground.logs, ground.held_jobs, ground.persistence, new_reference, left
    )
    settling = asyncio.ensure_future(last_life.settle())
    stack.push_async_callback(_ended, settling)


def tools_of(
    stack: AsyncExitStack,
    ground: Ground,
    api: WorkApi,
    myself: WorkerSelf,
    slots: int,
    waiting: Callable[[], AbstractContextManager[None]],
) -> Tools:
    """All that jobs are carried out with."""
    # What is loaded by now stays: it is not to be looked at again and again.
    gc.freeze()
    gc.set_threshold(_COLLECTED_AFTER)
    return Tools(
        workshop=_workshop(stack, ground, slots, myself.log_cap),
        api=api,
        watch=ApiWatch(api),
        persistence=ground.persistence,
        held_jobs=ground.held_jobs,
        waiting=waiting,
    )


def _workshop(stack: AsyncExitStack, ground: Ground, slots: int, log_cap: int) -> Workshop:
    directory, processes = ground.directory, ground.processes
    commands = CommandRunner(processes.supervisor, new_reference)
    python = PythonRunner(processes.supervisor, processes.life, new_reference, most_idle=slots)
    stack.push_async_callback(python.aclose)
    system = SystemRunner(commands, caches=directory.caches, new_reference=new_reference)
    return Workshop(
        runners={CommandAction: commands, PythonAction: python, SystemAction: system},
        system=system,
        logs=ground.logs,
        hub=LogHub(),
        workspaces=directory.workspaces,
        life=processes.life,
        base_environment=base_environment(os.environ),
        clock=clock,
        new_reference=new_reference,
        log_cap=log_cap,
        compact_logs=False,
    )


def _clear(workspaces: Path) -> None:
    """Remove what jobs of an earlier life worked in: they go on elsewhere, if at all."""
    for left in workspaces.iterdir():
        with suppress(OSError):
            remove_tree(left)


async def _ended(settling: asyncio.Future[None]) -> None:
    """What could not be told is told by the next life."""
    settling.cancel()
    with suppress(asyncio.CancelledError, RefusedError, StoreUnavailableError):
        await settling
