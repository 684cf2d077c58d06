"""What a call finds in its process: environment, directory, outputs, signals."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path


class Surroundings:
    """The process-wide state of a worker.

    All is as before after a call, but for the environment: the next call gets one of its own.
    """

    def __init__(self) -> None:
        self._nowhere = os.open(os.devnull, os.O_RDWR)
        self._streams = (sys.stdout, sys.stderr)
        for stream in self._streams:
            stream.reconfigure(  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - a TextIOWrapper
                encoding="utf-8", errors="backslashreplace", line_buffering=True
            )

    def enter(self, environment: Mapping[str, str], outputs: tuple[int, ...]) -> None:
        """Give the call its outputs and environment."""
        for number, descriptor in enumerate(outputs, start=1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        _set_environment(environment)

    def leave(self) -> bool:
        """Take everything back. Returns whether the process is as it was before the call."""
        clean = True
        for stream in self._streams:
            try:
                stream.flush()
            except (OSError, ValueError):  # the step closed it
                clean = False
        sys.stdout, sys.stderr = self._streams
        for number in (1, 2):
            os.dup2(self._nowhere, number)
        os.chdir("/")
        return clean


def enter_directory(path: str) -> str | None:
    """Make `path` the working directory; why not, if that cannot be."""
    try:
        os.chdir(path)
    except OSError as error:
        return f"cannot enter the working directory '{path}': {(error.strerror or '').lower()}"
    return None


def stop_signal_number(name: str) -> signal.Signals | None:
    """The signal that a worker can take note of; None for those that nobody can."""
    number = signal.Signals[name]
    return None if number in {signal.SIGKILL, signal.SIGSTOP} else number


def children_live() -> bool:
    """Whether the call left processes; takes those that have ended off the process table."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            return True


def adopt_orphans() -> None:
    """Become the parent of whatever loses its own, so that `children_live` sees it."""
    import ctypes

    set_child_subreaper = 36
    if Path("/proc/self").exists():
        ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def _set_environment(wanted: Mapping[str, str]) -> None:
    """Change what is not so already: most of it is the same from call to call."""
    present = dict(os.environ)
    for name in present.keys() - wanted.keys():
        del os.environ[name]
    for name, value in wanted.items():
        if present.get(name) != value:
            os.environ[name] = value
