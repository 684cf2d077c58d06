"""What is known about how the processes of an attempt ended."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from tasktrail.model.instant import Instant


class Means(StrEnum):
    """How the processes of an attempt were found and held together."""

    CGROUP = "cgroup"
    PROCESS_GROUP = "process_group"
    SUBREAPER = "subreaper"
    MARKER = "marker"


class LimitKind(StrEnum):
    """What a step can be limited in; the names of the fields of `StepLimits`."""

    MEMORY = "memory"
    PROCESSES = "processes"
    CPU = "cpu"


class ProcessNote(Struct, frozen=True):
    """An OS process as the record names it: `name` is its command name, never its arguments."""

    pid: int
    name: str


class TerminationReceipt(Struct, frozen=True, kw_only=True):
    """What was signalled, what had to be killed, and what survived.

    `proof` says how it is known that nothing is left, such as "cgroup unpopulated"; it is None when
    something survived. `stop_signal` is None when nothing had to be stopped.
    """

    means: tuple[Means, ...]
    stop_signal: str | None = None
    signalled: tuple[ProcessNote, ...] = ()
    killed: tuple[ProcessNote, ...] = ()
    survived: tuple[ProcessNote, ...] = ()
    left_behind: tuple[ProcessNote, ...] = ()
    """Processes that were still running after the step's own process had ended by itself."""
    limits_hit: tuple[LimitKind, ...] = ()
    """Limits of the step that it ran into: it was killed, or could not start another process."""
    proof: str | None = None
    asked_at: Instant | None = None
    ended_at: Instant | None = None
