"""A line of the program's own log for each error that a user may come to support with (M19)."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from tasktrail.actions.ledger import Decided
from tasktrail.log_context import about
from tasktrail.model.status import Status
from tasktrail.model.step import Step

_LONGEST = 500

_log = logging.getLogger(__name__)


def log_references(decided: Decided) -> None:
    """Log the reference of each step that has just failed by an error that has one.

    The message may go into a log, as it goes into the record: secrets are masked in it. Those who
    look after the machine find the traceback in the record. It is no trouble of this process, which
    therefore does not warn.
    """
    for step in _failed(decided):
        if step.error is None or step.error.reference is None:
            continue
        with about(task=decided.task.id, job=step.job_id):
            _log.info(
                "step %d of task %d failed by a %s error (reference %s): %r",
                step.id,
                decided.task.id,
                step.error.kind,
                step.error.reference,
                step.error.message[:_LONGEST],  # quoted: what programs say may break lines
            )


def _failed(decided: Decided) -> Iterator[Step]:
    """The steps of which this decision, and none before it, says that they failed."""
    steps = decided.changes.steps
    for event in decided.changes.events:
        if event.to_status is Status.FAILED and event.step_id in steps:
            yield steps[event.step_id]
