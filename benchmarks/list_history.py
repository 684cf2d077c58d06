"""A database with a long history of many kinds of tasks, as rows made from one that really ran."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, update

from tasktrail.actions.ledger import Ledger
from tasktrail.model.author import AuthorKind, Role, robot
from tasktrail.model.happening import JobClaimed, StepEnded
from tasktrail.model.instant import Instant
from tasktrail.model.outcome import Succeeded
from tasktrail.model.plan import CommandAction, JobPlan, StepPlan, TaskPlan
from tasktrail.model.status import Status
from tasktrail.model.submission import Submission
from tasktrail.store import tables
from tasktrail.store.organizations import ensure_organization, ensure_projects
from tasktrail.store.segment_summary import Segment
from tasktrail.store.segments import grown_since, keep_segment, next_segment
from tasktrail.store.store import Store
from tasktrail.store.transaction import Transaction

DEFINITIONS = [f"{verb}-{thing}" for verb in ("deploy", "backup", "build") for thing in range(12)]
PROJECTS = [f"project {number}" for number in range(40)]
PEOPLE = [f"Person {number}" for number in range(50)]
APPS, CLUSTERS = 200, 20
LIVE = 400
"""Tasks at the end that have not ended."""

_START = Instant(1_700_000_000_000_000)
_LATER = Instant(4_000_000_000_000_000)
"""After all of them."""
_SECOND = 1_000_000
_ENDINGS = {
    Status.DONE: 85,
    Status.DONE_WITH_WARNINGS: 5,
    Status.FAILED: 7,
    Status.CANCELED: 2,
    Status.TIMED_OUT: 1,
}
_AT_ONCE = 10_000
_BASE = 50_000
"""Tasks that are made one by one; the others are copies of theirs."""
_ID = tables.tasks.c.id
_FIRST = 1000
"""The id of the first task that did not really run."""
_ERROR = '{"kind":"user","message":"exit code 1"}'


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tasks are: most in the organization `here`, with these projects."""

    here: int
    others: tuple[int, ...]
    project_ids: tuple[int, ...]


async def fill(store: Store, count: int, progress: Callable[[int], None]) -> Place:
    """Bring the tasks of a store to `count`, where an earlier call has left off; nine of ten are of
    one organization."""
    place = await store.write(_place)
    template = await _template(store, place.here)
    last = await store.read(lambda connection: connection.execute(select(func.max(_ID))).scalar())
    there = max(0, (last or 0) - _FIRST + 1)
    for start in range(there, min(count, _BASE), _AT_ONCE):
        chance = random.Random(start)  # noqa: S311 - the same tasks each time
        numbers = range(start, min(start + _AT_ONCE, count))
        portion = list(_rows(chance, place, template, numbers))
        await store.write(lambda transaction, some=portion: _insert(transaction, some))
        progress(numbers.stop)
    for start in range(max(_BASE, there), count, _BASE):
        await store.write(lambda transaction, by=start: _copy(transaction, by))
        progress(start + _BASE)
    await store.write(_revive)
    return place


async def seal(store: Store) -> list[float]:
    """Sum up the old tasks of every organization, as the engine does while tasks come;
    milliseconds of each segment, none if that was done before."""
    took: list[float] = []
    organizations, _ = await store.read(lambda connection: grown_since(connection, 0))
    for one in organizations:
        started = time.perf_counter()
        while (segment := await store.read(partial(_next, organization_id=one))) is not None:
            await store.write(partial(_keep, segment=segment))
            ended = time.perf_counter()
            took.append(1000 * (ended - started))
            started = ended
    return took


_Rows = dict[Table, list[dict[str, Any]]]

_TABLES = (
    tables.tasks,
    tables.task_plans,
    tables.jobs,
    tables.steps,
    tables.attempts,
    tables.task_projects,
    tables.task_resources,
)


def _next(connection: Connection, organization_id: int) -> Segment | None:
    return next_segment(connection, organization_id, _LATER)


def _keep(transaction: Transaction, segment: Segment) -> None:
    keep_segment(transaction.connection, segment)


def _place(transaction: Transaction) -> Place:
    connection = transaction.connection
    here, *others = (
        ensure_organization(connection, name, _START) for name in ("acme", "other", "third")
    )
    return Place(here, tuple(others), ensure_projects(connection, here, PROJECTS, _START))


async def _template(store: Store, organization_id: int) -> _Rows:
    """The rows of a task of two steps that ran to its end."""
    plan = TaskPlan(
        definition="deploy",
        title="Deploy",
        jobs=(
            JobPlan(
                name="release",
                steps=tuple(
                    StepPlan(name=name, action=CommandAction(run="true"))
                    for name in ("build", "publish")
                ),
            ),
        ),
    )
    order = Submission(organization_id=organization_id, author=robot("Wodbot"), plan=plan)

    def run(transaction: Transaction) -> int:
        ledger = Ledger(transaction, _START)
        task_id = ledger.enter(order)
        (job_id,) = ledger.state(task_id).jobs
        ledger.happen(task_id, JobClaimed(job_id, "mine"))
        while not (state := ledger.state(task_id)).task.status.final:
            step = next(one for one in state.steps.values() if one.status is Status.IN_PROGRESS)
            ended = StepEnded(
                job_id=job_id, claim="mine", step_id=step.id, attempt=1, outcome=Succeeded()
            )
            ledger.happen(task_id, ended)
        return task_id

    ran = await store.read(lambda connection: connection.execute(select(func.min(_ID))).scalar())
    task_id = ran or await store.write(run)

    def read(connection: Connection) -> _Rows:
        found: _Rows = {}
        for table in _TABLES[:5]:
            key = table.c.id if table is tables.tasks else table.c.task_id
            rows = connection.execute(select(table).where(key == task_id)).mappings()
            found[table] = [dict(row) for row in rows]
        return found

    return await store.read(read)


def _rows(chance: random.Random, place: Place, template: _Rows, numbers: range) -> Iterator[_Rows]:
    statuses, weights = list(_ENDINGS), list(_ENDINGS.values())
    roots: list[int] = []
    for number in numbers:
        task_id = number + _FIRST
        here = chance.random() < 0.9
        status = chance.choices(statuses, weights)[0]
        silent = status is Status.DONE and chance.random() < 0.2
        at = _START + number * _SECOND
        app = chance.randint(1, APPS)
        name = DEFINITIONS[min(int(chance.expovariate(0.2)), len(DEFINITIONS) - 1)]
        by_robot = chance.random() < 0.3
        task = template[tables.tasks][0] | {
            "id": task_id,
            "organization_id": place.here if here else chance.choice(place.others),
            "definition": name,
            "title": f"{name.partition('-')[0].title()} app {app} {number % 90}.{number % 7}",
            "status": str(status),
            "author_kind": str(AuthorKind.ROBOT if by_robot else AuthorKind.USER),
            "author_name": "Wodbot" if by_robot else chance.choice(PEOPLE),
            "author_role": None if by_robot else str(chance.choice(list(Role))),
            "created_at": at,
            "updated_at": at,
            "ended_at": at,
            "silent": silent,
            "immediate": silent,
            "error": _ERROR if status is Status.FAILED else None,
            "origin_task_id": _origin(chance, roots) if here else None,
        }
        if here and task["origin_task_id"] is None:
            roots = [*roots[-100:], task_id]
        made: _Rows = {tables.tasks: [task]}
        made[tables.task_plans] = [template[tables.task_plans][0] | {"task_id": task_id}]
        if not silent:
            made |= _parts(template, task_id)
        if here:
            linked = chance.sample(place.project_ids, chance.choice((0, 1, 1, 2)))
            made[tables.task_projects] = [{"task_id": task_id, "project_id": one} for one in linked]
            about = (("app", app), ("cluster", 1 + app % CLUSTERS))
            made[tables.task_resources] = [
                {"task_id": task_id, "kind": kind, "resource_id": str(one)} for kind, one in about
            ]
        yield made


def _origin(chance: random.Random, roots: list[int]) -> int | None:
    return chance.choice(roots) if roots and chance.random() < 0.1 else None


def _parts(template: _Rows, task_id: int) -> _Rows:
    jobs, steps = template[tables.jobs], template[tables.steps]
    job_ids = {row["id"]: task_id * len(jobs) + n for n, row in enumerate(jobs)}
    step_ids = {row["id"]: task_id * len(steps) + n for n, row in enumerate(steps)}
    return {
        tables.jobs: [row | {"id": job_ids[row["id"]], "task_id": task_id} for row in jobs],
        tables.steps: [
            row | {"id": step_ids[row["id"]], "task_id": task_id, "job_id": job_ids[row["job_id"]]}
            for row in steps
        ],
        tables.attempts: [
            row | {"step_id": step_ids[row["step_id"]], "task_id": task_id}
            for row in template[tables.attempts]
        ],
    }


def _insert(transaction: Transaction, portion: list[_Rows]) -> None:
    connection = transaction.connection
    connection.execute(select(1))  # begins the transaction, which COPY alone does not
    for table in _TABLES:
        rows = [row for made in portion for row in made.get(table, ())]
        if not rows:
            continue
        names = list(rows[0])
        if connection.dialect.name == "sqlite":
            connection.execute(insert(table), rows)
            continue
        quoted = ", ".join(f'"{name}"' for name in names)
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {table.name} ({quoted}) FROM STDIN") as copy:  # pyright: ignore[reportAttributeAccessIssue] - psycopg's own
            for row in rows:
                copy.write_row([row[name] for name in names])


def _copy(transaction: Transaction, by: int) -> None:
    """Copy the tasks that were made one by one; ids grow by as many for each task."""
    connection = transaction.connection
    strides = {"tasks": 1, "jobs": 1, "steps": 2}
    owners = {"task_id": "tasks", "origin_task_id": "tasks", "job_id": "jobs", "step_id": "steps"}
    for table in _TABLES:
        key = table.c.id if table is tables.tasks else table.c.task_id
        values: list[Any] = []
        for column in table.columns:
            owner = table.name if column.name == "id" else owners.get(column.name)
            stride = strides[owner] * by if owner else 0
            if column.name == "created_at":
                stride = by * _SECOND
            values.append(column + stride if stride else column)
        base = select(*values).where(key >= _FIRST, key < _FIRST + _BASE).order_by(key)
        connection.execute(insert(table).from_select(list(table.columns.keys()), base))


def _revive(transaction: Transaction) -> None:
    """Let the last tasks be ones that have not ended."""
    connection = transaction.connection
    last = connection.execute(select(func.max(_ID))).scalar_one()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE")  # as its own upkeep does after a while
    live = {"status": str(Status.QUEUED), "ended_at": None, "error": None, "immediate": False}
    connection.execute(update(tables.tasks).where(last - LIVE < _ID).values(**live, silent=False))
