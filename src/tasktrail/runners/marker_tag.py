"""A mark that a process cannot shed by accident: the soft limit of RLIMIT_RTTIME.

The environment marker is lost with `env -i`, a session with `setsid`, descent with a double fork,
open pipes with a daemon's closed descriptors. Resource limits are inherited through all of that.
RLIMIT_RTTIME bounds realtime scheduling only and is normally unlimited; set to some 36,000 years it
still is, and its low bits are free to carry a number derived from the marker.
"""

from __future__ import annotations

import resource
import zlib
from collections.abc import Generator
from contextlib import contextmanager

from tasktrail.runners.os_process import read_kernel_file

_BASE = 1 << 60
_LIMIT_LINE = b"Max realtime timeout"


def tag_of(marker: str) -> int:
    """The tag of all processes with that marker: what its data directory is, and which it is."""
    return directory_tag(marker) << 32 | zlib.crc32(marker.encode())


def directory_tag(marker: str) -> int:
    """The part of the tag that all markers of one data directory share (28 bits)."""
    return _BASE >> 32 | zlib.crc32(marker.partition(":")[0].encode()) >> 4


@contextmanager
def tagged(marker: str) -> Generator[None]:
    """Whatever this OS process starts meanwhile inherits the tag of `marker`.

    Where an administrator has bounded the limit, nothing is tagged and the other means must do.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_RTTIME)
    if hard != resource.RLIM_INFINITY:
        yield
        return
    resource.setrlimit(resource.RLIMIT_RTTIME, (tag_of(marker), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_RTTIME, (soft, hard))


def read_tag(pid: int) -> int:
    """The tag that the process `pid` inherited; 0 when it has none."""
    limits = read_kernel_file(f"/proc/{pid}/limits")
    soft = limits.partition(_LIMIT_LINE)[2].split(None, 1)[:1]
    return int(soft[0]) if soft and soft[0].isdigit() else 0
