"""What is wrong with a data directory after all that it has been through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tasktrail.data_directory import own_data_directory
from tasktrail.logs.place import LogPlace
from tasktrail.model.outcome import Errored
from tasktrail.model.plan import SpawnAction
from tasktrail.model.step import Attempt
from tasktrail.store.sqlite import SqliteStore
from tasktrail.store.store import Store
from tasktrail.verification.finding import Invariant, Verification
from tasktrail.verification.task_record import TaskRecord, next_records
from tasktrail.verification.verify import verify


@dataclass
class Verdict:
    """Sentences that each say what is wrong. `lost` is what was accepted and is not there or has
    not ended, `doubled` what was started twice, `left` what should be gone, `broken` the rest."""

    tasks: int = 0
    lost: list[str] = field(default_factory=list[str])
    doubled: list[str] = field(default_factory=list[str])
    left: list[str] = field(default_factory=list[str])
    broken: list[str] = field(default_factory=list[str])

    @property
    def wrong(self) -> list[str]:
        """All of it."""
        return [*self.lost, *self.doubled, *self.left, *self.broken]


async def verdict_on(here: Path, accepted: Iterable[int]) -> Verdict:
    """Look at `here / "data"`, which nobody uses any more, and in which all should have ended.

    Beside the invariants: what was accepted is there and final, no step that is not safe to repeat
    was started again after a loss, and every start that is noted in `here / "starts"` is one
    attempt of the record.
    """
    with closing(_Owned(here / "data")) as owned:
        store = SqliteStore(owned.directory.database)
        try:
            found = await verify(store, LogPlace(owned.directory.logs), owned.directory.identity)
            records = await all_records(store)
        finally:
            await store.aclose()
        left = sorted(path.name for path in owned.directory.workspaces.iterdir())
    verdict = judged(found, records, accepted, here / "starts")
    verdict.left += [f"the workspace {name}" for name in left]
    return verdict


def judged(
    found: Verification, records: list[TaskRecord], accepted: Iterable[int], starts: Path
) -> Verdict:
    """What the findings and the records come to, and the starts that a file tells of, if it is
    there."""
    verdict = Verdict(tasks=found.tasks)
    for finding in found.findings:
        place = verdict.left if finding.invariant is Invariant.PROCESSES else verdict.broken
        place.append(f"{finding.invariant.name}: {finding}")
    known = {record.task.id for record in records}
    verdict.lost += [f"task {task_id} was accepted" for task_id in sorted(set(accepted) - known)]
    for record in records:
        if not record.task.status.final:
            verdict.lost.append(f"task {record.task.id} is still {record.task.status}")
        verdict.doubled += _repeated(record)
    if starts.exists():
        _judge_starts(verdict, starts.read_text().splitlines(), records)
    return verdict


async def all_records(store: Store) -> list[TaskRecord]:
    """Every task with all that belongs to it, oldest first."""
    records: list[TaskRecord] = []
    while more := await store.read(
        partial(next_records, after=records[-1].task.id if records else 0, count=500)
    ):
        records += sorted(more, key=lambda record: record.task.id)
    return records


class _Owned:
    def __init__(self, data: Path) -> None:
        self.directory = own_data_directory(data)

    def close(self) -> None:
        self.directory.release()


def _repeated(record: TaskRecord) -> Iterator[str]:
    for job, step in record.steps():
        plan = record.step_plan(job, step)
        if plan.retry_safe or plan.system or isinstance(plan.action, SpawnAction):
            continue
        for attempt in record.attempts_of(step)[:-1]:
            if _lost(attempt) and not _not_begun(attempt):
                yield f"step {step.name} of task {step.task_id} was repeated after a loss"


def _lost(attempt: Attempt) -> bool:
    return isinstance(attempt.outcome, Errored) and attempt.outcome.worker_lost


def _not_begun(attempt: Attempt) -> bool:
    return isinstance(attempt.outcome, Errored) and not attempt.outcome.begun


def _judge_starts(verdict: Verdict, starts: list[str], records: list[TaskRecord]) -> None:
    attempts = {
        f"{record.task.id}/{job.name}/{step.name}#{attempt.number}": attempt
        for record in records
        for job, step in record.steps()
        for attempt in record.attempts_of(step)
    }
    for start, times in Counter(starts).items():
        if times > 1:
            verdict.doubled.append(f"{start} was started {times} times")
        if start not in attempts:
            verdict.broken.append(f"{start} was started and is in no record")
        elif _not_begun(attempts[start]):
            verdict.doubled.append(f"{start} was started, and is recorded as not begun")
