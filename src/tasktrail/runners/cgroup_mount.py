"""Where this OS process may make cgroups (version 2) of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tasktrail.runners.os_process import read_kernel_file

ENGINE_GROUP = "tasktrail-engine"
"""Where an engine steps aside to, so that its own cgroup can hand controllers on to others."""

_PROBE_SECONDS = 5


def find_cgroup_base() -> Path | None:
    """The cgroup of this OS process in a version 2 mount, if groups can be made and used below it.

    It is tried for real: mounts are read-only in many containers, `cgroup.kill` needs Linux 5.14,
    and joining may be refused although making a group is not.
    """
    base = _own_cgroup()
    if base is None or not os.access(base, os.W_OK):
        return None
    probe = base / f"tasktrail-probe-{os.getpid()}"
    try:
        probe.mkdir(exist_ok=True)
    except OSError:
        return None
    try:
        return base if (probe / "cgroup.kill").exists() and _can_join(probe) else None
    finally:
        remove_group(probe)


def remove_group(group: Path) -> bool:
    """Remove a cgroup and those below it; returns whether it is gone.

    Only an unpopulated group can be removed. Its files are not real ones and go with it.
    """
    try:
        group.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        below = subgroups(group)
        return bool(below) and all(map(remove_group, below)) and remove_group(group)
    return True


def subgroups(group: Path) -> tuple[Path, ...]:
    """The groups directly below `group`."""
    try:
        with os.scandir(group) as entries:
            return tuple(Path(entry.path) for entry in entries if entry.is_dir())
    except OSError:
        return ()


def pids_in(group: Path) -> set[int]:
    """The processes in `group` and in the groups below it."""
    pids = set(map(int, read_kernel_file(f"{group}/cgroup.procs").split()))
    return pids.union(*map(pids_in, subgroups(group)))


def _own_cgroup() -> Path | None:
    mount = _mount()
    if mount is None:
        return None
    root, point = mount
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        if line.startswith("0::"):
            own = Path(line.removeprefix("0::"))
            own = own.parent if own.name == ENGINE_GROUP else own
            return point / own.relative_to(root) if own.is_relative_to(root) else None
    return None


def _mount() -> tuple[Path, Path] | None:
    """Root and mount point of the version 2 hierarchy, wherever it is mounted."""
    try:
        lines = Path("/proc/self/mountinfo").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        mount, _, filesystem = line.partition(" - ")
        if filesystem.startswith("cgroup2 "):
            root, point = mount.split()[3:5]
            return Path(root), Path(point)
    return None


def _can_join(group: Path) -> bool:
    shell = shutil.which("sh")
    if shell is None:
        return False
    joining = subprocess.run(
        (shell, "-c", 'echo 0 >"$0"', str(group / "cgroup.procs")),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_PROBE_SECONDS,
        check=False,
    )
    return joining.returncode == 0
