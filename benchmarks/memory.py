"""The memory of a program and of everything that it has started."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import psutil

_MIB = 1024 * 1024


def proportional_mib(roots: Iterable[int]) -> float:
    """Proportional set size of the processes and all their children, in MiB.

    What several of them share is counted once.
    """
    return sum(process.memory_full_info().pss for process in _with_children(roots)) / _MIB


def _with_children(roots: Iterable[int]) -> Iterator[psutil.Process]:
    for root in roots:
        process = psutil.Process(root)
        yield process
        yield from process.children(recursive=True)
