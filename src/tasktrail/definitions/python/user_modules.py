"""The modules of definitions, imported into a process that lives longer than their files do.

Each root has its own set of modules, so that two roots may have a module of the same name, and a
set is dropped when one of its files has changed. They are in `sys.modules` only while code of that
root runs.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from tasktrail.python.sources import SourceStamp, is_users, moment, stamps, unchanged

_IMPORTS = threading.RLock()
"""`sys.path` and `sys.modules` belong to one root at a time."""


class UserModules:
    """What was imported from one root, and from other places that are the user's own."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._modules: dict[str, ModuleType] = {}
        self._stamps: list[SourceStamp] = []

    @property
    def sources(self) -> tuple[SourceStamp, ...]:
        """The files that the modules were loaded from, as they were then."""
        return tuple(self._stamps)

    @contextmanager
    def active(self) -> Generator[None]:
        """Inside, modules of the root are imported from their current files; other threads wait."""
        with _IMPORTS:
            self._drop_if_changed()
            before = set(sys.modules)
            path, no_bytecode = list(sys.path), sys.dont_write_bytecode
            started = moment()
            sys.path.insert(0, self._root)
            sys.modules.update(self._modules)
            # A cached bytecode file knows its source's time in whole seconds only.
            sys.dont_write_bytecode = True
            importlib.invalidate_caches()
            try:
                yield
            finally:
                sys.path[:] = path
                sys.dont_write_bytecode = no_bytecode
                self._take(set(sys.modules) - before, started)

    def _drop_if_changed(self) -> None:
        if not unchanged(self._stamps):
            self._modules.clear()
            self._stamps.clear()

    def _take(self, names: Iterable[str], started: int) -> None:
        """Move the user's modules among those named from `sys.modules` to the set."""
        own = [name for name in names if is_users(name)]
        self._stamps += stamps(set(own) - self._modules.keys(), started)
        self._modules.update((name, sys.modules.pop(name)) for name in own)


_OF_ROOTS: dict[Path, UserModules] = {}


def modules_of(root: Path) -> UserModules:
    """The modules of `root`, one set for each directory."""
    with _IMPORTS:
        return _OF_ROOTS.setdefault(root, UserModules(root))


def loaded_sources() -> list[SourceStamp]:
    """The files of all modules that this process holds, as they were when they were loaded."""
    with _IMPORTS:
        return [source for modules in _OF_ROOTS.values() for source in modules.sources]
