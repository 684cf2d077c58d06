"""Trees held by a cgroup of their own (version 2): nothing leaves one by forking.

`cgroup.kill` ends everything in it at once, and `populated 0` in `cgroup.events` is the proof that
nothing is left. No controller is needed for that.

A process enters by writing to `cgroup.procs` before it does anything else. Where the command is a
plain POSIX shell with a script, the writing is put in front of the script, on its first line; any
other command is started through a shell that enters and then becomes it. Measured on two cores, on
top of 0.75 ms for a bare `sh -c true`: 0.3 ms for the first way, 1.2 ms for the second, 2.2 ms for
entering in Python between fork and exec, which rules out vfork.
"""

from __future__ import annotations

import os
import re
import select
import shlex
from contextlib import suppress
from itertools import count
from pathlib import Path

from tasktrail.model.receipt import Means
from tasktrail.runners.cgroup_mount import pids_in, remove_group
from tasktrail.runners.marker_scan import MarkerScan, ScannedTree
from tasktrail.runners.os_process import OsProcess, look_at, read_kernel_file
from tasktrail.runners.readiness import readable

_PLAIN_SHELLS = frozenset({"sh", "/bin/sh", "/usr/bin/sh", "dash", "/bin/dash", "/usr/bin/dash"})
_POPULATED = b"populated 1"
_QUIET_OPTIONS = re.compile(r"-[eufC]+")
"""Options under which a command in front of the script stays unseen: not -x, not -v, not -n."""


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
        self._numbers = count(1)
        self._scan = MarkerScan()

    def enclose(self, marker: str) -> CgroupTree | ScannedTree:
        """An enclosure for the tree with that marker; a scanned one when no group can be made."""
        group = self._life_group / str(next(self._numbers))
        try:
            group.mkdir()
        except OSError:
            return self._scan.enclose(marker)
        return CgroupTree(group, self._scan.enclose(marker))

    def close(self) -> None:
        """Remove the group of the life."""
        remove_group(self._life_group)


class CgroupTree:
    """Holds one tree in its cgroup, with a scan beside it.

    The scan is for what was moved out on purpose (`sudo` and `systemd-run` do that) and for a
    leader that is stopped before it entered.
    """

    def __init__(self, group: Path, scan: ScannedTree) -> None:
        self._group = group
        self._scan = scan
        self._leader = 0
        self._entered = False

    @property
    def means(self) -> tuple[Means, ...]:
        """The cgroup if the leader was seen in it."""
        return (Means.CGROUP, *self._scan.means) if self._entered else self._scan.means

    @property
    def proof(self) -> str:
        """What the kernel says about the group, or else what was searched."""
        return "cgroup unpopulated" if self._entered else self._scan.proof

    def enter(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """`argv` with the entering in front."""
        join = f"{{ echo 0 >{shlex.quote(str(self._group))}/cgroup.procs; }} 2>/dev/null || :; "
        at = _script_of_plain_shell(argv)
        if at is None:
            return ("/bin/sh", "-c", f'{join}exec "$@"', "sh", *argv)
        return (*argv[:at], join + argv[at], *argv[at + 1 :])

    def lead(self, pid: int) -> None:
        """The leader enters by itself."""
        self._leader = pid
        self._scan.lead(pid)

    def left_behind(self) -> tuple[OsProcess, ...]:
        """What the ended leader left in the group; found otherwise if it never entered."""
        if not self._has_entered():
            return self._scan.left_behind()
        return self._inside() if self._populated() else ()

    def members(self) -> tuple[OsProcess, ...]:
        """Everything in the group, and what the scan finds outside of it."""
        self._has_entered()
        found = {member.pid: member for member in (*self._inside(), *self._scan.members())}
        return tuple(found[pid] for pid in sorted(found))

    def kill(self) -> None:
        """Kill the group as one, then what is outside of it."""
        self._has_entered()
        with suppress(OSError):  # only an empty group can have been removed by somebody
            (self._group / "cgroup.kill").write_text("1")
        self._scan.kill()

    async def wait_empty(self) -> None:
        """Wait for the kernel's word that the group is empty, then for the scan to find nothing."""
        await self._wait_unpopulated()
        await self._scan.wait_empty()

    def release(self) -> None:
        """Remove the group."""
        remove_group(self._group)

    def _has_entered(self) -> bool:
        """Whether the leader, alive or not yet reaped, is in the group; once seen, it counts."""
        if not self._entered:
            inside = f"/{self._group.parent.name}/{self._group.name}/"
            self._entered = inside in f"{_cgroup_of(self._leader)}/"
        return self._entered

    def _populated(self) -> bool:
        return _POPULATED in read_kernel_file(f"{self._group}/cgroup.events")

    def _inside(self) -> tuple[OsProcess, ...]:
        found = map(look_at, sorted(pids_in(self._group)))
        return tuple(member for member in found if member is not None and member.alive)

    async def _wait_unpopulated(self) -> None:
        try:
            events = os.open(self._group / "cgroup.events", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return  # removed: the tree is being closed by somebody else too, and was empty
        # The file counts as readable always and tells a change by EPOLLPRI, which the event loop
        # does not watch; an epoll of our own in between turns that into something readable.
        changes = select.epoll()
        try:
            changes.register(events, select.EPOLLPRI)
            while _POPULATED in os.pread(events, 256, 0):
                await readable(changes.fileno())
                changes.poll(0)
        finally:
            changes.close()
            os.close(events)


def _script_of_plain_shell(argv: tuple[str, ...]) -> int | None:
    """The index of the script in `argv`, if it is a shell that reads nothing before its script."""
    if argv[0] not in _PLAIN_SHELLS or "-c" not in argv:
        return None
    at = argv.index("-c")
    if not all(map(_QUIET_OPTIONS.fullmatch, argv[1:at])):
        return None
    return at + 1 if at + 1 < len(argv) else None


def _cgroup_of(pid: int) -> str:
    lines = read_kernel_file(f"/proc/{pid}/cgroup").decode(errors="replace").splitlines()
    # Of a group that is removed already, the kernel says so behind its name.
    paths = (line.removesuffix(" (deleted)")[3:] for line in lines if line.startswith("0::"))
    return next(paths, "")
