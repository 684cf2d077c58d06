"""What is wrong with a data directory after all that it has been through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from tasktrail.data_directory import own_data_directory
from tasktrail.logs.place import LogPlace
from tasktrail.model.outcome import Errored
from tasktrail.model.plan import SpawnAction
from tasktrail.store.sqlite import SqliteStore
from tasktrail.verification.task_record import TaskRecord, next_records
from tasktrail.verification.verify import verify


class _Directory:
    def __init__(self, data: Path) -> None:
        self.directory = own_data_directory(data)

    def close(self) -> None:
        self.directory.release()


async def wrong_with(here: Path, accepted: Iterable[int]) -> list[str]:
    """Everything that is wrong with `here / "data"`, which nobody uses any more.

    Beside the invariants: what was accepted is there and final, no step that is not safe to repeat
    was started again after a loss, and every start that is noted in `here / "starts"` is one
    attempt of the record.
    """
    with closing(_Directory(here / "data")) as owned:
        directory = owned.directory
        store = SqliteStore(directory.database)
        try:
            found = await verify(store, LogPlace(directory.logs), directory.identity)
            records = await store.read(partial(next_records, after=0, count=1_000_000))
        finally:
            await store.aclose()
        wrong = [f"{finding.invariant.name}: {finding}" for finding in found.findings]
        left = sorted(path.name for path in directory.workspaces.iterdir())
        wrong += [f"the workspace {name} is left" for name in left]
    known = {record.task.id for record in records}
    wrong += [f"task {task_id} was accepted and is lost" for task_id in set(accepted) - known]
    for record in records:
        if not record.task.status.final:
            wrong.append(f"task {record.task.id} is still {record.task.status}")
        wrong += _repeated(record)
    starts = here / "starts"
    if starts.exists():
        wrong += _wrong_starts(starts.read_text().splitlines(), records)
    return wrong


def _repeated(record: TaskRecord) -> Iterator[str]:
    for job, step in record.steps():
        plan = record.step_plan(job, step)
        if plan.retry_safe or plan.system or isinstance(plan.action, SpawnAction):
            continue
        for attempt in record.attempts_of(step)[:-1]:
            if isinstance(attempt.outcome, Errored) and attempt.outcome.worker_lost:
                yield f"step {step.name} of task {step.task_id} was repeated after a loss"


def _wrong_starts(starts: list[str], records: list[TaskRecord]) -> Iterator[str]:
    attempts = {
        f"{record.task.id}/{job.name}/{step.name}#{attempt.number}"
        for record in records
        for job, step in record.steps()
        for attempt in record.attempts_of(step)
    }
    for start, times in Counter(starts).items():
        if times > 1:
            yield f"{start} was started {times} times"
        if start not in attempts:
            yield f"{start} was started and is in no record"
