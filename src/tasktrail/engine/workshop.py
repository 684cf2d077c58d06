"""Where steps are carried out: runners, logs, workspaces and the clock, for all job executions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tasktrail.logs.masked_log import MaskedLog
from tasktrail.logs.masking import Masking
from tasktrail.logs.place import LogName, LogPlace
from tasktrail.logs.writer import LogListener, LogWriter
from tasktrail.model.instant import Instant
from tasktrail.model.plan import Action
from tasktrail.model.step import LogSummary
from tasktrail.runners.step_call import StepRunner
from tasktrail.runners.system import SystemRunner

StepLog = LogWriter | MaskedLog

Deliver = Callable[[LogName, LogSummary], Awaitable[None]]
"""Returns once a closed log is where its readers look for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What job executions share.

    `runners` are chosen by the type of an action; `life` starts the marker of every attempt;
    `base_environment` is the part of the engine's own environment that steps get; `log_cap` is in
    bytes; `new_reference` makes what a user gives to support. Where logs are read on other machines
    they are not compacted, and `deliver` brings them there.
    """

    runners: Mapping[type[Action], StepRunner]
    system: SystemRunner
    logs: LogPlace
    hub: LogListener
    workspaces: Path
    life: str
    base_environment: Mapping[str, str]
    clock: Callable[[], Instant]
    new_reference: Callable[[], str]
    log_cap: int
    compact_logs: bool = True
    deliver: Deliver | None = None

    def workspace(self, task_id: int, job_id: int) -> Path:
        """The directory that the steps of a job share.

        One level only: a shared directory could not be removed without a race between jobs.
        """
        return _path(f"{self.workspaces}/{task_id}-{job_id}")

    def outputs_file(self, task_id: int, job_id: int, step_id: int, attempt: int) -> Path:
        """Where an attempt writes its outputs: beside the workspace, not in it, so that a step that
        clears its workspace does not remove them."""
        return Path(f"{self.workspaces}/{task_id}-{job_id}.outputs-{step_id}-{attempt}")

    def log(self, task_id: int, step_id: int, attempt: int, masking: Masking) -> StepLog:
        """A new log for an attempt, which keeps nothing that `masking` finds."""
        writer = LogWriter(
            self.logs.path(task_id, step_id, attempt),
            clock=self.clock,
            cap=self.log_cap,
            hub=self.hub,
            compacts=self.compact_logs,
        )
        if masking.empty:
            return writer
        return MaskedLog(writer, masking, asyncio.get_running_loop().call_later)

    def marker(self, step_id: int, attempt: int) -> str:
        """What is in the environment of every process of an attempt."""
        return f"{self.life}:{step_id}-{attempt}"


@lru_cache(maxsize=256)
def _path(text: str) -> Path:
    """The steps of a job ask for the same path again and again, and making one takes its time."""
    return Path(text)
