"""What the supervisor is asked to start, and how it ended."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tasktrail.model.plan import StepLimits

MARKER_VARIABLE = "TASKTRAIL_MARKER"
"""Stands in the environment of every process of a tree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """One process tree to start.

    `env` is the complete environment; the marker is added to it. `marker` is unique to the tree and
    has the form `<data directory>:<life>:<attempt>`, so that a sweep finds what the earlier lives
    of one data directory left. With `capture` both outputs go to the sink, else to /dev/null.
    `pass_fds` stay open in the child under the same numbers. `limits` hold for the whole tree.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    marker: str
    pass_fds: tuple[int, ...] = ()
    capture: bool = True
    limits: StepLimits | None = None


@dataclass(frozen=True, slots=True)
class ExitStatus:
    """How the leader of a tree ended: exactly one of `code` and `signal` (its name) is set."""

    code: int | None = None
    signal: str | None = None


def killed_by(number: int) -> ExitStatus:
    """The exit status of a process that the signal `number` ended."""
    return ExitStatus(signal=signal_name(number))


def signal_name(number: int) -> str:
    """The name of a signal, such as `SIGTERM` or `SIGRTMIN+3`."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIGRTMIN+{number - signal.SIGRTMIN}"
