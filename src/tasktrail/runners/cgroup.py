"""Trees held by a cgroup of their own (version 2): nothing leaves one by forking.

`cgroup.kill` ends everything in it at once, and `populated 0` in `cgroup.events` is the proof that
nothing is left. No controller is needed for that. A process enters by writing to `cgroup.procs`
before it does anything else.
"""

from __future__ import annotations

import os
import select
import shlex
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tasktrail.model.plan import StepLimits
from tasktrail.model.receipt import LimitKind, Means
from tasktrail.runners.cgroup_limits import enable_limits, impose, limits_hit
from tasktrail.runners.cgroup_mount import pids_in, remove_group
from tasktrail.runners.marker_scan import MarkerScan, ScannedTree
from tasktrail.runners.os_process import OsProcess, look_at, read_kernel_file
from tasktrail.runners.readiness import readable
from tasktrail.runners.shell_entry import memory_bound, prefixed

_POPULATED, _UNPOPULATED = b"populated 1", b"populated 0"
_MOST_KEPT = 64
"""Empty groups that are kept for the next trees: making and removing one costs some 80 us."""


def group_name(life: str) -> str:
    """The name of the cgroup that holds all trees of an engine life, or the start of it."""
    return "tasktrail-" + life.replace(":", ".")


class Cgroups:
    """Makes one cgroup a tree below one of the engine life.

    Raises:
        OSError: the group of the life cannot be made.
    """

    def __init__(self, base: Path, life: str) -> None:
        self._life_group = base / group_name(life)
        self._life_group.mkdir(exist_ok=True)
        enable_limits(base)
        enable_limits(self._life_group)
        self._numbers = count(1)
        self._empty: list[Path] = []
        self._scan = MarkerScan()

    def enclose(self, marker: str, limits: StepLimits | None = None) -> CgroupTree | ScannedTree:
        """An enclosure for the tree with that marker; a scanned one when no group can be made."""
        try:
            group = self._group(limits)
        except OSError:
            return self._scan.enclose(marker, limits)
        return CgroupTree(group, self._scan.enclose(marker), self._take_back)

    def close(self) -> None:
        """Remove the group of the life, with the empty ones in it."""
        remove_group(self._life_group)

    def _group(self, limits: StepLimits | None) -> TreeGroup:
        if limits is None and self._empty:
            return TreeGroup(self._empty.pop())
        path = self._life_group / str(next(self._numbers))
        path.mkdir()
        return TreeGroup(path) if limits is None else _limited(path, limits)

    def _take_back(self, group: TreeGroup) -> None:
        """Keep a group that is proven empty for the next tree. A limited one has a past."""
        if group.bare and len(self._empty) < _MOST_KEPT:
            self._empty.append(group.path)
        else:
            remove_group(group.path)


@dataclass(frozen=True, slots=True)
class TreeGroup:
    """The cgroup of one tree, what it is limited in, and what a process does besides entering."""

    path: Path
    enforced: frozenset[LimitKind] = frozenset()
    entry: str = ""

    @property
    def bare(self) -> bool:
        """Whether nothing was set in it."""
        return not self.enforced


def _limited(path: Path, limits: StepLimits) -> TreeGroup:
    enforced = impose(path, limits)
    entry = "" if LimitKind.MEMORY in enforced else memory_bound(limits)
    return TreeGroup(path, enforced, entry)


class CgroupTree:
    """Holds one tree in its cgroup, with a scan beside it.

    The scan is for what was moved out on purpose (`sudo` and `systemd-run` do that) and for a
    leader that is stopped before it entered.
    """

    def __init__(
        self, group: TreeGroup, scan: ScannedTree, take_back: Callable[[TreeGroup], None]
    ) -> None:
        self._tree_group = group
        self._group = group.path
        self._scan = scan
        self._take_back = take_back
        self._leader = 0
        self._entered = False
        self._empty = False
        self._released = False

    @property
    def means(self) -> tuple[Means, ...]:
        """The cgroup if the leader was seen in it."""
        return (Means.CGROUP, *self._scan.means) if self._entered else self._scan.means

    @property
    def proof(self) -> str:
        """What the kernel says about the group, or else what was searched."""
        return "cgroup unpopulated" if self._entered else self._scan.proof

    @property
    def enforced(self) -> frozenset[LimitKind]:
        """What the group is limited in."""
        return self._tree_group.enforced

    @property
    def limits_hit(self) -> tuple[LimitKind, ...]:
        """What the kernel has counted."""
        return limits_hit(self._group) if self.enforced else ()

    def enter(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """`argv` with the entering in front."""
        join = f"{{ echo 0 >{shlex.quote(str(self._group))}/cgroup.procs; }} 2>/dev/null || :; "
        return prefixed(argv, join + self._tree_group.entry)

    def lead(self, pid: int) -> None:
        """The leader enters by itself."""
        self._leader = pid
        self._scan.lead(pid)

    def left_behind(self) -> tuple[OsProcess, ...]:
        """What the ended leader left in the group; found otherwise if it never entered."""
        if not self._has_entered():
            return self._scan.left_behind()
        self._empty = _UNPOPULATED in self._events()
        return () if self._empty else self._inside()

    def members(self) -> tuple[OsProcess, ...]:
        """Everything in the group, and what the scan finds outside of it."""
        self._has_entered()
        found = {member.pid: member for member in (*self._inside(), *self._scan.members())}
        return tuple(found[pid] for pid in sorted(found))

    def kill(self) -> None:
        """Kill the group as one, then what is outside of it."""
        self._has_entered()
        if not self._released:
            with suppress(OSError):  # only an empty group can have been removed by somebody
                (self._group / "cgroup.kill").write_text("1")
        self._scan.kill()

    async def wait_empty(self) -> None:
        """Wait for the kernel's word that the group is empty, then for the scan to find nothing."""
        await self._wait_unpopulated()
        await self._scan.wait_empty()

    def release(self) -> None:
        """Hand the group back if it is empty. It is another tree's from then on, even if somebody
        else is still about to stop this one."""
        if not self._released and (self._empty or _UNPOPULATED in self._events()):
            self._take_back(self._tree_group)
        self._released = True

    def _has_entered(self) -> bool:
        """Whether the leader, alive or not yet reaped, is in the group; once seen, it counts."""
        if not self._entered:
            inside = f"/{self._group.parent.name}/{self._group.name}/"
            self._entered = inside in f"{_cgroup_of(self._leader)}/"
        return self._entered

    def _events(self) -> bytes:
        return read_kernel_file(f"{self._group}/cgroup.events")

    def _inside(self) -> tuple[OsProcess, ...]:
        if self._released:
            return ()
        found = map(look_at, sorted(pids_in(self._group)))
        return tuple(member for member in found if member is not None and member.alive)

    async def _wait_unpopulated(self) -> None:
        if self._released:
            return
        try:
            events = os.open(self._group / "cgroup.events", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return  # removed: the tree is being closed by somebody else too, and was empty
        # The file counts as readable always and tells a change by EPOLLPRI, which the event loop
        # does not watch; an epoll of our own in between turns that into something readable.
        changes = select.epoll()
        try:
            changes.register(events, select.EPOLLPRI)
            while not self._released and _POPULATED in os.pread(events, 256, 0):
                await readable(changes.fileno())
                changes.poll(0)
        finally:
            changes.close()
            os.close(events)


def _cgroup_of(pid: int) -> str:
    lines = read_kernel_file(f"/proc/{pid}/cgroup").decode(errors="replace").splitlines()
    # Of a group that is removed already, the kernel says so behind its name.
    paths = (line.removesuffix(" (deleted)")[3:] for line in lines if line.startswith("0::"))
    return next(paths, "")
