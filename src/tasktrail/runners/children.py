"""The children of this OS process: which are leaders of trees, and which are adopted orphans.

The kernel keeps one table of children per OS process, so this is one object per OS process too.

Being subreaper, the engine adopts every process of a tree whose parent ended. Adopted ones are told
from children that other code of this OS process started by their session: every tree has a session
of its own, other children stay in ours. Code that starts a child in a new session by itself would
find its exit code taken; it has to go through the supervisor.
"""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

from tasktrail.runners.os_process import OsProcess, children_of, look_at

_PR_SET_CHILD_SUBREAPER = 36


class ChildTable:
    """Leaders and orphans of this OS process."""

    def __init__(self) -> None:
        self._leaders: set[int] = set()
        self._starting = threading.Lock()
        self._adopts = False

    def adopt_orphans(self) -> bool:
        """Become subreaper; returns whether the system can do that.

        What this process was started to ignore (Ctrl-C, behind a `&`) its children do not: such a
        signal may be how a step is stopped.
        """
        if threading.current_thread() is threading.main_thread():
            for ignored in (signal.SIGINT, signal.SIGQUIT):
                if signal.getsignal(ignored) is signal.SIG_IGN:
                    signal.signal(ignored, _ignore)  # one that is handled is not passed on
        if not self._adopts:
            prctl = ctypes.CDLL(None).prctl
            self._adopts = int(prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)) == 0
        return self._adopts

    @property
    def adopts(self) -> bool:
        """Whether orphans come to this OS process."""
        return self._adopts

    @contextmanager
    def starting(self) -> Generator[None]:
        """While a leader is started: it is not taken for an orphan before it is registered."""
        with self._starting:
            yield

    def register(self, leader: int) -> None:
        """`leader` is a child that is waited for; called inside `starting`."""
        self._leaders.add(leader)

    def forget(self, leader: int) -> None:
        """`leader` is reaped."""
        self._leaders.discard(leader)

    def orphans(self) -> tuple[OsProcess, ...]:
        """Children that came from a tree and lost their parent, zombies included."""
        own_session = os.getsid(0)
        with self._starting:
            strangers = [pid for pid in children_of(os.getpid()) if pid not in self._leaders]
            found = [child for pid in strangers if (child := look_at(pid)) is not None]
        return tuple(child for child in found if child.session != own_session)

    def reap_orphans(self) -> None:
        """Take the zombies among the orphans off the process table."""
        if not _any_zombie():
            return
        for orphan in self.orphans():
            if not orphan.alive:
                _reap(orphan.pid)


CHILDREN = ChildTable()
"""The children of this OS process."""


def _any_zombie() -> bool:
    """One system call that says whether there is anything to look for."""
    try:
        return os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return False


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Take a signal for nothing."""
