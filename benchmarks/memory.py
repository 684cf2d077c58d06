"""The memory of a program and of everything that it has started."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

_MIB = 1024 * 1024
_SELF = Path("/proc/self")


def proportional_mib(roots: Iterable[int]) -> float:
    """Proportional set size of the processes and all their children, in MiB.

    What several of them share is counted once.
    """
    return sum(process.memory_full_info().pss for process in _with_children(roots)) / _MIB


class HighWater:
    """The most memory that this process has had at once since it was made, in MiB beyond what it
    had then."""

    def __init__(self) -> None:
        (_SELF / "clear_refs").write_text("5")  # forget the peak of before
        self._before = _status("VmRSS")

    def mib(self) -> float:
        """So far."""
        return _status("VmHWM") - self._before


def _status(field: str) -> float:
    found = re.search(rf"{field}:\s+(\d+) kB", (_SELF / "status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def _with_children(roots: Iterable[int]) -> Iterator[psutil.Process]:
    for root in roots:
        process = psutil.Process(root)
        yield process
        yield from process.children(recursive=True)
