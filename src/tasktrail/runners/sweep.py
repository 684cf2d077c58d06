"""At the start of an engine: what dead earlier lives of its data directory left behind."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tasktrail.failpoints import Failpoint, reach
from tasktrail.model.receipt import ProcessNote
from tasktrail.runners.cgroup import group_name
from tasktrail.runners.cgroup_mount import find_cgroup_base, pids_in, remove_group
from tasktrail.runners.children import CHILDREN
from tasktrail.runners.marker_tag import directory_tag, read_tag
from tasktrail.runners.os_process import OsProcess, every_process, marker_of, send

_SECONDS = 5.0
_ROUND = 0.02


@dataclass(frozen=True, slots=True)
class SweepReceipt:
    """What a sweep found: all of `killed` is gone; `survived` did not end in time."""

    killed: tuple[ProcessNote, ...] = ()
    survived: tuple[ProcessNote, ...] = ()


async def sweep(
    prefix: str, *, cgroup_base: Path | Literal["detect"] | None = "detect"
) -> SweepReceipt:
    """Kill every process whose marker starts with `prefix`, and remove the cgroups of those lives.

    `prefix` is `<data directory>:`; a process that lost its marker is known by its tag or by the
    cgroup it is in. To be called before the new life starts anything, and with the data directory
    locked, so that no life of it runs. `cgroup_base` is as for a `Supervisor`.
    """
    base = find_cgroup_base() if cgroup_base == "detect" else cgroup_base
    groups = _groups(base, prefix)
    receipt = await _kill_left_over(prefix, groups)
    for group in groups:
        remove_group(group)
    reach(Failpoint.SWEPT)
    return receipt


def _groups(base: Path | None, prefix: str) -> tuple[Path, ...]:
    return tuple(base.glob(f"{group_name(prefix)}*")) if base is not None else ()


async def _kill_left_over(prefix: str, groups: tuple[Path, ...]) -> SweepReceipt:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _SECONDS
    killed: dict[int, ProcessNote] = {}
    while found := _left_over(prefix, groups):
        if loop.time() > deadline:
            survived = tuple(process.note for process in found)
            gone = killed.keys() - {note.pid for note in survived}
            return SweepReceipt(tuple(killed[pid] for pid in sorted(gone)), survived)
        for process in found:
            killed[process.pid] = process.note
            send(process, signal.SIGKILL)
        for group in groups:
            _kill_group(group)
        reach(Failpoint.SWEEP_KILLED)
        CHILDREN.reap_orphans()
        await asyncio.sleep(_ROUND)
    return SweepReceipt(tuple(killed.values()))


def _left_over(prefix: str, groups: tuple[Path, ...]) -> list[OsProcess]:
    own, tag = os.getpid(), directory_tag(prefix)
    inside = set[int]().union(*map(pids_in, groups))
    return [
        found
        for found in every_process()
        if found.alive
        and found.pid != own
        and (
            found.pid in inside
            or read_tag(found.pid) >> 32 == tag
            or marker_of(found.pid).startswith(prefix)
        )
    ]


def _kill_group(group: Path) -> None:
    with suppress(OSError):  # removed meanwhile
        (group / "cgroup.kill").write_text("1")
