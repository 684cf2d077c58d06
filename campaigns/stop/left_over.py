"""What of a stopped tree is still alive, found without any of the means that stopped it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def alive_for(file: Path) -> list[int]:
    """Processes that have `file` among their arguments, or have written their pid into it."""
    needle = str(file).encode()
    named = {pid for pid in _pids() if needle in _read(f"/proc/{pid}/cmdline")}
    wrote = {int(line) for line in _read(str(file)).split() if line.isdigit()}
    return sorted(pid for pid in named | wrote if _lives(pid) and pid != os.getpid())


def marked(identity: str) -> list[int]:
    """Processes with the marker of an attempt of that data directory."""
    needle = f"TASKTRAIL_MARKER={identity}:".encode()
    # Workers are kept for the next step: the marker they were started with is not an attempt's.
    idle = b":python-"
    found = ((pid, _read(f"/proc/{pid}/environ")) for pid in _pids())
    return [
        pid
        for pid, environment in found
        if needle in environment and idle not in environment and _lives(pid)
    ]


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - names are wanted


def _lives(pid: int) -> bool:
    status = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return bool(status) and status[0] not in {b"Z", b"X"}


def _read(path: str) -> bytes:
    with suppress(OSError):
        return Path(path).read_bytes()
    return b""
