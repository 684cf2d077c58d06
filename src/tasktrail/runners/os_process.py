"""Processes as /proc shows them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass

from tasktrail.model.receipt import ProcessNote
from tasktrail.runners.command_spec import MARKER_VARIABLE

_CHUNK = 64 * 1024
_MARKER_ENTRY = f"{MARKER_VARIABLE}=".encode()


@dataclass(frozen=True, slots=True)
class OsProcess:
    """One process at the moment it was looked at.

    `started` (clock ticks since boot) tells it from a later one that got the same pid.
    """

    pid: int
    name: str
    state: str
    parent: int
    group: int
    session: int
    started: int

    @property
    def alive(self) -> bool:
        """Whether it can still do something: neither a zombie nor dead."""
        return self.state not in {"Z", "X", "x"}

    @property
    def note(self) -> ProcessNote:
        """What the record keeps of it."""
        return ProcessNote(pid=self.pid, name=self.name)


def look_at(pid: int) -> OsProcess | None:
    """The process `pid` as it is now, None when there is none."""
    text = read_kernel_file(f"/proc/{pid}/stat")
    if not text:
        return None
    # The name stands in parentheses and may itself hold any of them, so the last one counts.
    head, _, tail = text.decode(errors="replace").rpartition(")")
    fields = tail.split()
    return OsProcess(
        pid=pid,
        name=head.partition("(")[2],
        state=fields[0],
        parent=int(fields[1]),
        group=int(fields[2]),
        session=int(fields[3]),
        started=int(fields[19]),
    )


def every_process() -> Iterator[OsProcess]:
    """All processes that can be seen."""
    for entry in os.listdir("/proc"):  # noqa: PTH208 - a Path per process is what it costs most
        if entry.isdigit() and (found := look_at(int(entry))) is not None:
            yield found


def children_of(pid: int) -> tuple[int, ...]:
    """The children of the main thread of `pid`; zombies too.

    What is reparented to a subreaper goes to its main thread.
    """
    return tuple(map(int, read_kernel_file(f"/proc/{pid}/task/{pid}/children").split()))


def marker_of(pid: int) -> str:
    """The marker in the environment that `pid` was started with; empty when it has none."""
    for entry in read_kernel_file(f"/proc/{pid}/environ").split(b"\0"):
        if entry.startswith(_MARKER_ENTRY):
            return entry.removeprefix(_MARKER_ENTRY).decode(errors="replace")
    return ""


def send(process: OsProcess, number: int) -> bool:
    """Send a signal to exactly that process, never to a later one with its pid.

    Returns whether it was sent.
    """
    try:
        pidfd = os.pidfd_open(process.pid)
    except OSError:
        return False
    try:
        # Looked at again *after* the pidfd pins it: same start, same process.
        now = look_at(process.pid)
        if now is None or now.started != process.started:
            return False
        signal.pidfd_send_signal(pidfd, number)
    except OSError:
        return False
    finally:
        os.close(pidfd)
    return True


def read_kernel_file(path: str) -> bytes:
    """The content of a file in /proc or in a cgroup; empty when it cannot be read.

    It cannot when the process ended, is another user's, or the group was removed. Two system calls
    instead of a file object's eight: this is read hundreds of times in a scan.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        content = chunk = os.read(fd, _CHUNK)
        # The kernel may give less than it has, so only an empty read is the end.
        while chunk:
            chunk = os.read(fd, _CHUNK)
            content += chunk
    except OSError:
        return b""
    else:
        return content
    finally:
        os.close(fd)
