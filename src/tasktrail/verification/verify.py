"""Verifies a whole data directory: every task, every log, every process, the database itself."""

from __future__ import annotations

import asyncio
from functools import partial

from tasktrail.logs.place import LogPlace
from tasktrail.store.live_logs import known_live
from tasktrail.store.log_places import AttemptKey, placements
from tasktrail.store.segment_summary import segment_numbers
from tasktrail.store.store import Connection, Store
from tasktrail.store.survey import damages, running_attempts, standing_claims
from tasktrail.verification.course import wrong_order, wrong_owners
from tasktrail.verification.endings import wrong_endings
from tasktrail.verification.finding import Finding, Invariant, Verification
from tasktrail.verification.histories import broken_histories
from tasktrail.verification.leftovers import left_over, marked_processes
from tasktrail.verification.lock_queues import wrong_queues
from tasktrail.verification.log_files import MissingLog, wrong_logs
from tasktrail.verification.parts import missing_parts
from tasktrail.verification.sealed_lists import wrong_segment
from tasktrail.verification.task_record import TaskRecord, next_records

_AT_ONCE = 200


async def verify(store: Store, place: LogPlace, identity: str) -> Verification:
    """Look at everything in the data directory `identity`, which this process owns.

    May be done while an engine works: what is looked at together is read as of one moment. Takes
    some 2 ms for a small task; memory is bounded.

    Raises:
        StoreUnavailableError: the database does not answer.
    """
    findings = [Finding(Invariant.DATABASE, said) for said in await store.read(damages)]
    for organization_id, number in await store.read(segment_numbers):
        findings += await store.read(
            partial(wrong_segment, organization_id=organization_id, number=number)
        )
    findings += wrong_queues(await store.read(standing_claims))
    marked = await asyncio.to_thread(marked_processes, identity)
    keys = [one.attempt for one in marked if one.attempt is not None]
    running = await store.read(lambda connection: running_attempts(connection, keys))
    findings += await asyncio.to_thread(left_over, marked, running)
    tasks = attempts = last = 0
    while records := await store.read(partial(next_records, after=last, count=_AT_ONCE)):
        last = max(record.task.id for record in records)
        tasks += len(records)
        attempts += sum(step.attempts for record in records for _, step in record.steps())
        found = await asyncio.to_thread(_wrong_with, records, place)
        findings += await _not_elsewhere(store, found)
    return Verification(tasks, attempts, tuple(findings))


async def _not_elsewhere(store: Store, found: list[Finding | MissingLog]) -> list[Finding]:
    """Without the missing logs of which it is known where they went.

    Asked now, after they were missed: they may have been sent away since the records were read.
    """
    missing = [(one.step_id, one.attempt) for one in found if isinstance(one, MissingLog)]
    known = (
        await store.read(lambda connection: _known(connection, missing))
        if missing
        else set[AttemptKey]()
    )
    findings: list[Finding] = []
    for one in found:
        if isinstance(one, Finding):
            findings.append(one)
        elif (one.step_id, one.attempt) not in known:
            findings.append(one.finding)
    return findings


def _known(connection: Connection, keys: list[AttemptKey]) -> set[AttemptKey]:
    return {*placements(connection, keys), *known_live(connection, keys)}


def _wrong_with(records: list[TaskRecord], place: LogPlace) -> list[Finding | MissingLog]:
    findings: list[Finding | MissingLog] = []
    for record in records:
        missing = list(missing_parts(record))
        findings += missing
        if missing:
            continue  # the other checks go by the plan
        for check in (broken_histories, wrong_order, wrong_owners, wrong_endings):
            findings += check(record)
        findings += wrong_logs(record, place)
    return findings
