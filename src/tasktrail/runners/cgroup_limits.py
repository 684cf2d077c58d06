"""Limits of a tree set by its cgroup, as far as the system lets us have the controllers.

https://docs.kernel.org/admin-guide/cgroup-v2.html has the files that are read and written here.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from tasktrail.model.plan import StepLimits
from tasktrail.model.receipt import LimitKind
from tasktrail.runners.cgroup_mount import ENGINE_GROUP
from tasktrail.runners.os_process import read_kernel_file

_CONTROLLERS = {
    LimitKind.MEMORY: "memory",
    LimitKind.PROCESSES: "pids",
    LimitKind.CPU: "cpu",
}
_CPU_PERIOD = 100_000
"""Microseconds: what the kernel takes by itself."""


def enable_limits(group: Path) -> frozenset[LimitKind]:
    """What groups below `group` can be limited in from now on.

    Controllers are handed on only by a group without processes of its own (the root of the system
    excepted). So when this OS process is the only one in `group`, it moves to a group beside those
    of its trees. Where somebody else is in it, such as the shell of a terminal, nothing is changed:
    the kernel would let pids and cpu be handed on, and then no process into the groups below.
    """
    if _is_root(group) or _vacated(group):
        _hand_on(group)
    handed_on = read_kernel_file(f"{group}/cgroup.subtree_control").decode().split()
    return frozenset(kind for kind, name in _CONTROLLERS.items() if name in handed_on)


def impose(group: Path, limits: StepLimits) -> frozenset[LimitKind]:
    """Limit an empty `group`; returns in what it is limited now."""
    settings = {
        LimitKind.MEMORY: ("memory.max", limits.memory),
        LimitKind.PROCESSES: ("pids.max", limits.processes),
        LimitKind.CPU: ("cpu.max", limits.cpu and f"{limits.cpu * _CPU_PERIOD:.0f} {_CPU_PERIOD}"),
    }
    imposed: set[LimitKind] = set()
    for kind, (name, value) in settings.items():
        if value is not None and _written(group / name, value):
            imposed.add(kind)
    if LimitKind.MEMORY in imposed:
        # What is over the limit is not swapped out but ended, and as a whole: half a step that goes
        # on without a part of it is nothing that anybody has tried. Both files may be missing.
        _written(group / "memory.swap.max", 0)
        _written(group / "memory.oom.group", 1)
    return frozenset(imposed)


def limits_hit(group: Path) -> tuple[LimitKind, ...]:
    """The limits that `group` ran into."""
    found: list[LimitKind] = []
    if _count(group / "memory.events", b"oom_kill") > 0:
        found.append(LimitKind.MEMORY)
    if _count(group / "pids.events", b"max") > 0:
        found.append(LimitKind.PROCESSES)
    return tuple(found)


def _is_root(group: Path) -> bool:
    return not (group / "cgroup.type").exists()


def _vacated(group: Path) -> bool:
    """Whether no process is in `group` itself, after this one has left it."""
    if _pids_of(group) == {os.getpid()}:
        own = group / ENGINE_GROUP
        with suppress(OSError):
            own.mkdir(exist_ok=True)
            (own / "cgroup.procs").write_text("0")
    return not _pids_of(group)


def _pids_of(group: Path) -> set[int]:
    return set(map(int, read_kernel_file(f"{group}/cgroup.procs").split()))


def _hand_on(group: Path) -> None:
    offered = read_kernel_file(f"{group}/cgroup.controllers").decode().split()
    for name in _CONTROLLERS.values():
        if name in offered:
            _written(group / "cgroup.subtree_control", f"+{name}")


def _written(file: Path, value: object) -> bool:
    # Without O_CREAT: a file that is missing is a controller that is not there.
    try:
        with file.open("r+") as kernel:
            kernel.write(str(value))
    except OSError:
        return False
    return True


def _count(file: Path, key: bytes) -> int:
    for line in read_kernel_file(str(file)).splitlines():
        name, _, number = line.partition(b" ")
        if name == key:
            return int(number)
    return 0
