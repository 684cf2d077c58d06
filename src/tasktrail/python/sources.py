"""The source files that loaded code came from, and whether they have changed since.

A process that lives longer than an edit must not go on with the code from before it.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import time
from collections.abc import Iterable
from typing import NamedTuple

_CLOCK_SLACK = 20_000_000
"""Nanoseconds by which a file time may lie behind the clock: the kernel's clock for them ticks."""


class SourceStamp(NamedTuple):
    """A source file as it was when it was loaded. A `modified` of 0 never matches."""

    path: str
    modified: int
    size: int


def moment() -> int:
    """Now, to be given to `stamps` later."""
    return time.time_ns()


def stamps(modules: Iterable[str], loaded_after: int) -> list[SourceStamp]:
    """Stamps of those of the named loaded modules that are the user's own code.

    A file that was modified after the `moment` before it was loaded may differ from what was
    loaded: its stamp never matches.
    """
    found: list[SourceStamp] = []
    for name in modules:
        path = user_file(name)
        if path is None:
            continue
        modified, size = _times(path)
        safe = modified < loaded_after - _CLOCK_SLACK
        found.append(SourceStamp(path, modified if safe else 0, size))
    return found


def unchanged(known: Iterable[SourceStamp]) -> bool:
    """Whether every file is still as it was."""
    for path, modified, size in known:  # noqa: SIM110 - on the short path of every call
        if (modified, size) != _times(path):
            return False
    return True


def user_file(module: str) -> str | None:
    """The source file of a loaded module, or None when it is not the user's own code.

    Installed packages, the standard library and Tasktrail do not change under a running process.
    """
    path: object = getattr(sys.modules.get(module), "__file__", None)
    if not isinstance(path, str) or path.startswith(_INSTALLED):
        return None
    return path


def is_users(module: str) -> bool:
    """Whether a loaded module is the user's own: a file, or a package without `__init__.py`."""
    if user_file(module) is not None:
        return True
    loaded = sys.modules.get(module)
    paths: list[str] = list(getattr(loaded, "__path__", ()))
    without_file = bool(paths) and getattr(loaded, "__file__", None) is None
    return without_file and not any(f"{path}/".startswith(_INSTALLED) for path in paths)


def _times(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)  # noqa: PTH116 - on the short path of every call
    except OSError:
        return (-1, -1)
    return (status.st_mtime_ns, status.st_size)


def _installed() -> tuple[str, ...]:
    kinds = ("stdlib", "platstdlib", "purelib", "platlib")
    own = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 - pathlib is slow to import
    return tuple(f"{folder}/" for folder in (*map(sysconfig.get_path, kinds), own))


_INSTALLED = _installed()
