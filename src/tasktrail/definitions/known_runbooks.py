"""Runbooks that need not be read again, because their files are as they were."""

from __future__ import annotations

import time
from pathlib import Path

from tasktrail.definitions.definition import TaskDefinition

MOST_KNOWN = 1_000
_SETTLED = 1_000_000_000
"""Nanoseconds: a file that was written more recently can change again without its times and its
size showing it."""

_Stamp = tuple[int, int, int, int, int]


class KnownRunbooks:
    """Reads definition files, and keeps the latest runbooks.

    A runbook follows from the content of its file alone. What else a file may hold is read anew
    each time.
    """

    def __init__(self) -> None:
        self._known: dict[Path, tuple[_Stamp, TaskDefinition]] = {}

    def read(self, path: Path) -> TaskDefinition:
        """The definition in a file that is there; raises as `read_definition_file`."""
        # Loaded with the first file: most commands only look at tasks.
        from tasktrail.definitions.definition_file import read_definition_file
        from tasktrail.definitions.runbook import Runbook

        stamp = _stamp(path)
        known = self._known.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        self._known.pop(path, None)
        definition = read_definition_file(path)
        if stamp is None or not isinstance(definition, Runbook):
            return definition
        if _settled(stamp) and _stamp(path) == stamp:
            self._known[path] = stamp, definition
            if len(self._known) > MOST_KNOWN:
                del self._known[next(iter(self._known))]
        return definition


def _stamp(path: Path) -> _Stamp | None:
    """What changes with a file; None if there is none, which is for its reader to say."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _settled(stamp: _Stamp) -> bool:
    return time.time_ns() - max(stamp[3:]) > _SETTLED
