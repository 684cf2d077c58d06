"""Places where this process can be made to die, to prove that dying there does no harm.

A failpoint stands at every commit and between every effect and its record. `TASKTRAIL_FAILPOINT`
names one of them, and with `:3` behind it which time it is reached: there the process sends SIGKILL
to itself. Without that variable a failpoint is one comparison. docs/reliability.md has the list;
`tests/faults` walks through all of it.
"""

from __future__ import annotations

import os
import signal
from enum import StrEnum

VARIABLE = "TASKTRAIL_FAILPOINT"
"""Arms a failpoint of the process that is started with it."""


class Failpoint(StrEnum):
    """Every failpoint there is, by what has happened last when it is reached."""

    DIRECTORY_LOCKED = "directory.locked"
    DIRECTORY_IDENTITY_DRAFTED = "directory.identity_drafted"
    MIGRATION_BEGINS = "store.migration_begins"
    MIGRATED = "store.migrated"
    COMMIT_BEGUN = "store.commit_begun"
    COMMIT_FLUSHED = "store.commit_flushed"
    COMMITTED = "store.committed"
    STORE_CLOSING = "store.closing"
    DECISION_DURABLE = "decision.durable"
    JOB_CLAIMED = "job.claimed"
    STEP_ENDED = "step.ended"
    STEP_LOG_CLOSED = "step.log_closed"
    STEP_REPORTED = "step.reported"
    SPAWN_WISHED = "spawn.wished"
    SPAWN_SUBMITTED = "spawn.submitted"
    PROCESS_STARTED = "process.started"
    PROCESS_TRACKED = "process.tracked"
    PROCESS_EXITED = "process.exited"
    PROCESS_SIGNALLED = "process.signalled"
    PROCESS_KILLED = "process.killed"
    OUTPUTS_READ = "outputs.read"
    PYTHON_ORDERED = "python.ordered"
    PYTHON_ENDED = "python.ended"
    WORKSPACE_MADE = "workspace.made"
    WORKSPACE_REMOVED = "workspace.removed"
    LOG_READ = "log.read"
    LOG_OPENED = "log.opened"
    LOG_WRITTEN = "log.written"
    LOG_SEALED = "log.sealed"
    LOG_COMPACTED = "log.compacted"
    LOG_REPLACED = "log.replaced"
    LOG_SYNCED = "log.synced"
    LOG_SHIPPING = "log.shipping"
    LOG_UPLOADED = "log.uploaded"
    LOG_VERIFIED = "log.verified"
    LOG_PLACE_RECORDED = "log.place_recorded"
    LOG_LOCAL_REMOVED = "log.local_removed"
    LOG_PRUNE_RECORDED = "log.prune_recorded"
    LOG_ERASED = "log.erased"
    LIVE_CHUNK_STORED = "live.chunk_stored"
    LIVE_CHUNK_RECORDED = "live.chunk_recorded"
    LIVE_CLOSED = "live.closed"
    LIVE_JOINED = "live.joined"
    LIVE_CHUNKS_REMOVED = "live.chunks_removed"
    LIVE_FORGOTTEN = "live.forgotten"
    MOVE_TABLE_COPIED = "move.table_copied"
    MOVE_RECORDED = "move.recorded"
    MOVE_DURABLE = "move.durable"
    SWEEP_KILLED = "sweep.killed"
    SWEPT = "sweep.done"
    RECOVERY_LOGS_CLOSED = "recovery.logs_closed"
    RECOVERY_SETTLED = "recovery.settled"
    RECOVERY_WORKSPACES_REMOVED = "recovery.workspaces_removed"
    RECOVERED = "recovery.done"


class _Armed:
    """A failpoint, and how often it is still passed."""

    def __init__(self, name: Failpoint, hit: int) -> None:
        self.name = name
        self.left = hit


_armed: _Armed | None = None


def reach(failpoint: Failpoint) -> None:
    """Die here if this is where this process is to die."""
    if _armed is not None:
        _pass(_armed, failpoint)


def arm(wanted: str) -> None:
    """Die at `name`, or at the n-th time of `name:n`, from now on; nowhere for an empty text.

    Raises:
        ValueError: there is no such failpoint, or n is no positive number.
    """
    global _armed  # noqa: PLW0603 - the environment of a process is one for all of it, too
    name, _, number = wanted.partition(":")
    hit = int(number or 1)
    if hit < 1:
        raise ValueError(f"{wanted}: times are counted from 1")
    _armed = _Armed(Failpoint(name), hit) if name else None


def _pass(armed: _Armed, failpoint: Failpoint) -> None:
    if armed.name is not failpoint:
        return
    armed.left -= 1
    if armed.left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get(VARIABLE, ""))
