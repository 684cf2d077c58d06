"""The log of an attempt whose worker is lost."""

from __future__ import annotations

from tasktrail.logs.log_intake import LogIntake
from tasktrail.logs.place import LogName
from tasktrail.model.state import TaskState
from tasktrail.model.status import RUNNING
from tasktrail.model.step import LogSummary


async def settle_log(intake: LogIntake, state: TaskState, job_id: int) -> LogSummary | None:
    """Close the log of the attempt at which a job is, with what has arrived of it, so that its
    record has one: nothing more is taken. None where no step of the job runs.

    Raises:
        LogStoreError: it is not closed yet; try again.
        StoreUnavailableError: likewise.
    """
    for step in state.steps_of(job_id):
        if step.status in RUNNING:
            return await intake.settle(LogName(step.task_id, step.id, step.attempts))
    return None
