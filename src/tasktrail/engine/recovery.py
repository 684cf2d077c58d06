"""Settling what the last life left behind (statuses.md, "When the process or the worker dies")."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.ledger import Ledger
from tasktrail.failpoints import Failpoint, reach
from tasktrail.logs.place import LogPlace
from tasktrail.logs.recovery import recover as recover_log
from tasktrail.model.happening import TaskLimitReached, WorkerLost
from tasktrail.model.instant import Instant, after
from tasktrail.model.job import Job
from tasktrail.model.state import TaskState
from tasktrail.model.status import RUNNING
from tasktrail.model.step import LogSummary
from tasktrail.runners.file_tree import remove_tree
from tasktrail.store.states import load_state
from tasktrail.store.task_views import live_claims, live_task_ids

_AT_ONCE = 64
_WORKSPACE = re.compile(r"(\d+)-\d+(\.outputs-.*)?")


@dataclass(frozen=True, slots=True)
class Recovered:
    """How many live tasks were found, and how many of their jobs had lost their worker."""

    tasks: int
    lost_jobs: int


async def recover(
    decisions: Decisions, logs: LogPlace, new_reference: Callable[[], str]
) -> Recovered:
    """Settle every live task of an earlier life, and tell the listeners where each stands.

    To be called once nothing of the earlier life runs any more, and before anything is accepted.
    What is settled may let other tasks start, though: one ends, and another gets its lock. So only
    what was claimed before is lost.
    """
    ids = await decisions.store.read(live_task_ids)
    claims = await decisions.store.read(live_claims)
    lost = 0
    for start in range(0, len(ids), _AT_ONCE):
        counts = await asyncio.gather(
            *(
                _settle(decisions, logs, new_reference, one, claims)
                for one in ids[start : start + _AT_ONCE]
            )
        )
        lost += sum(counts)
    reach(Failpoint.RECOVERED)
    return Recovered(len(ids), lost)


def remove_workspaces(directory: Path, live: frozenset[int]) -> None:
    """Remove the workspaces of tasks that have ended: a kill may have come before their removal.

    Outputs are always of an attempt that nobody waits for any more. To be called before any task is
    accepted.
    """
    if not directory.is_dir():
        return
    for workspace in directory.iterdir():
        found = _WORKSPACE.fullmatch(workspace.name)
        if found is not None and (found[2] or int(found[1]) not in live):
            with suppress(OSError):
                remove_tree(workspace)
                reach(Failpoint.RECOVERY_WORKSPACES_REMOVED)


async def _settle(
    decisions: Decisions,
    logs: LogPlace,
    new_reference: Callable[[], str],
    task_id: int,
    claims: frozenset[str],
) -> int:
    state = await decisions.store.read(lambda connection: load_state(connection, task_id))
    lost = [job for job in state.jobs.values() if job.claim in claims]
    closed = await asyncio.to_thread(_close_logs, logs, state, lost)
    reach(Failpoint.RECOVERY_LOGS_CLOSED)

    def settle(ledger: Ledger) -> None:
        for job in lost:
            ledger.happen(task_id, WorkerLost(job.id, new_reference(), log=closed.get(job.id)))
        if _limit_passed(state, ledger.now):
            # Otherwise what is queued would start, only to be stopped by the timer at once.
            ledger.happen(task_id, TaskLimitReached())
        ledger.show_all(task_id)

    await decisions.make(settle)
    reach(Failpoint.RECOVERY_SETTLED)
    return len(lost)


def _limit_passed(state: TaskState, now: Instant) -> bool:
    started = state.task.started_at
    return started is not None and after(started, state.plan.time_limit) <= now


def _close_logs(logs: LogPlace, state: TaskState, lost: list[Job]) -> dict[int, LogSummary]:
    """Repair and close the logs of the steps that were running, by job id."""
    closed: dict[int, LogSummary] = {}
    for job in lost:
        for step in state.steps_of(job.id):
            if step.status in RUNNING:
                closed[job.id] = recover_log(logs.path(step.task_id, step.id, step.attempts))
    return closed
