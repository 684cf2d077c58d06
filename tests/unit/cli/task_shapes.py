"""Tasks to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from tasktrail.local.shape import Job, Step, Task
from tasktrail.model.status import Status

START = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


def job(
    name: str,
    *after: str,
    status: Status = Status.DONE,
    seconds: float | None = 2,
    steps: tuple[Step, ...] = (),
) -> Job:
    return Job(
        name=name,
        after=after,
        status=status,
        started_at=None if seconds is None else START,
        ended_at=START + timedelta(seconds=seconds) if seconds and status.final else None,
        steps=steps,
    )


def graph(needs: Mapping[str, tuple[str, ...]]) -> Task:
    return task(*(job(name, *after) for name, after in needs.items()))


def task(*jobs: Job, status: Status = Status.DONE, title: str = "Release shop") -> Task:
    return Task(id=7, name="release", title=title, status=status, jobs=jobs, started_at=START)
