"""What the product's own verification says of the records: it must find nothing, at any moment."""

from __future__ import annotations

from sqlalchemy import Connection

from simulation.broken import hold
from tasktrail.logs.place import LogPlace
from tasktrail.store.survey import standing_claims
from tasktrail.verification.course import wrong_order, wrong_owners
from tasktrail.verification.endings import wrong_endings
from tasktrail.verification.histories import broken_histories
from tasktrail.verification.lock_queues import wrong_queues
from tasktrail.verification.log_files import MissingLog, wrong_logs
from tasktrail.verification.parts import missing_parts
from tasktrail.verification.task_record import next_records


def ask_for_second_opinion(connection: Connection, place: LogPlace) -> None:
    """Verify everything but the processes.

    Raises:
        BrokenError: something is found.
    """
    findings = [*wrong_queues(standing_claims(connection))]
    for record in next_records(connection, after=0, count=1000):
        for check in (missing_parts, broken_histories, wrong_order, wrong_owners, wrong_endings):
            findings += check(record)
        findings += (
            one.finding if isinstance(one, MissingLog) else one for one in wrong_logs(record, place)
        )
    hold(not findings, "the verification finds: {}", "; ".join(map(str, findings)))
