"""The processes of a data directory: those of lives that are over, and of this one."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from tasktrail.data_directory import DataDirectory
from tasktrail.model.instant import Instant
from tasktrail.runners.cgroup_mount import find_cgroup_base
from tasktrail.runners.supervisor import Supervisor, SweepReceipt, sweep


@dataclass(frozen=True, slots=True)
class Processes:
    """What starts the processes of this life, which are marked with its name."""

    supervisor: Supervisor
    life: str
    swept: SweepReceipt
    """What earlier lives had left behind."""


async def take_over_processes(
    stack: AsyncExitStack, directory: DataDirectory, clock: Callable[[], Instant]
) -> Processes:
    """End what earlier lives of the directory left running, and begin another one."""
    cgroup_base = find_cgroup_base()
    swept = await sweep(f"{directory.identity}:", cgroup_base=cgroup_base)
    life = f"{directory.identity}:{secrets.token_hex(4)}"
    supervisor = Supervisor(life=life, clock=clock, cgroup_base=cgroup_base)
    stack.push_async_callback(supervisor.aclose)
    return Processes(supervisor, life, swept)
