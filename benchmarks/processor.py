"""How long processes have used the processor, from /proc. Unlike a rate, that hardly depends on
what else the machine does. Needs the standard library only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_TICK = 1 / os.sysconf("SC_CLK_TCK")


class _Process(NamedTuple):
    parent: int
    seconds: float
    command: str


def processor_seconds(roots: Iterable[int]) -> float:
    """Seconds of these processes, of all below them, and of those below them that have ended."""
    there = _processes()
    return sum(there[pid].seconds for pid in _below(there, roots))


def children(parent: int, word: str) -> list[int]:
    """The processes that `parent` has started with `word` in their command line."""
    there = _processes()
    return [
        pid for pid, one in there.items() if one.parent == parent and word in one.command.split()
    ]


def _below(there: dict[int, _Process], roots: Iterable[int]) -> set[int]:
    found = {pid for pid in roots if pid in there}
    new = found
    while new:
        new = {pid for pid, one in there.items() if one.parent in new} - found
        found |= new
    return found


def _processes() -> dict[int, _Process]:
    found: dict[int, _Process] = {}
    for directory in Path("/proc").iterdir():
        if directory.name.isdecimal():
            with suppress(OSError):
                found[int(directory.name)] = _process(directory)
    return found


def _process(directory: Path) -> _Process:
    fields = (directory / "stat").read_text().rpartition(")")[2].split()
    command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return _Process(int(fields[1]), _TICK * sum(map(int, fields[11:15])), command)
