"""The log of a step as one text: that of all attempts at it, one after the other.

Clients count lines, so what was there once stays where it was when a step is tried again.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from tasktrail.actions.log_block import AttemptLog
from tasktrail.actions.logs import LogReading
from tasktrail.actions.present_steps import LogStatus, log_status
from tasktrail.actions.sight import see_step
from tasktrail.errors import NotFoundError
from tasktrail.logs.line_range import WHOLE
from tasktrail.logs.place import LogName
from tasktrail.model.access import Actor
from tasktrail.model.step import Step
from tasktrail.store.store import Connection, Store
from tasktrail.store.task_views import TaskView, view_task

_AT_ENDS = re.compile(r"\r+(?=\n|\Z)")
_INSIDE = re.compile("[\r\v\f\x1c\x1d\x1e\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}]")


@dataclass(frozen=True, slots=True)
class StepLog:
    """Which logs make up that of a step. `status` is `pending` while lines may still come."""

    task_id: int
    step_id: int
    status: LogStatus
    attempts: tuple[AttemptLog, ...]


async def find_step_log(store: Store, actor: Actor, step_id: int) -> StepLog:
    """The log of a step.

    Raises:
        NotFoundError: there is no such step, or none that `actor` may see.
    """

    def query(connection: Connection) -> StepLog:
        seen, step = see_step(connection, actor, step_id)
        return _log_of(seen.view, step)

    return await store.read(query)


async def find_linked_log(store: Store, name: LogName) -> StepLog:
    """The log of a step to which somebody was given a link.

    Raises:
        NotFoundError: there is no such step.
    """

    def query(connection: Connection) -> StepLog:
        view = view_task(connection, name.task_id)
        for steps in view.steps.values():
            for step in steps:
                if step.id == name.step_id:
                    return _log_of(view, step)
        raise NotFoundError(f"there is no step {name.step_id}")

    return await store.read(query)


def link_name(log: StepLog) -> LogName:
    """What a link to the log of a step names."""
    return LogName(log.task_id, log.step_id, 1)


async def read_step_log(reading: LogReading, log: StepLog) -> AsyncGenerator[dict[str, Any]]:
    """The lines that are there, in blocks (see `log_block`), without line breaks inside of them."""
    extents = dict.fromkeys(log.attempts, WHOLE)
    async with aclosing(reading.read(log.task_id, extents)) as blocks:
        async for block in blocks:
            block["text"] = single_lines(block["text"])
            yield block


def single_lines(text: str) -> str:
    """`text`, lines with a newline between each two, without anything else that some readers take
    for the end of a line: a carriage return at an end is dropped, others become spaces."""
    return _INSIDE.sub(" ", _AT_ENDS.sub("", text))


def _log_of(view: TaskView, step: Step) -> StepLog:
    attempts = view.attempts.get(step.id, [])
    job = next(job for job in view.jobs if job.id == step.job_id)
    return StepLog(
        view.task.id,
        step.id,
        log_status(step, attempts),
        tuple(
            AttemptLog(step.id, one.number, job.name, step.name, one.ended_at is not None)
            for one in attempts
        ),
    )
