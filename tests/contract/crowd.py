"""Thousands of random tasks of one organization, as rows, and what they are as plain values."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, text
from store_bench import START, Bench, one_job

from tasktrail.model.administration import ADMINISTRATION
from tasktrail.model.author import AuthorKind, Role
from tasktrail.model.status import FINAL, Status
from tasktrail.store.ids import CountedIds, SequenceIds
from tasktrail.store.organizations import ensure_organization, ensure_projects
from tasktrail.store.record_shapes import TASKS
from tasktrail.store.tables import task_plans, task_projects, task_resources, tasks
from tasktrail.store.task_filter import TaskFilter
from tasktrail.store.transaction import Transaction
from tasktrail.store.visibility import Sight

NAMES = ("deploy", "Backup", "build_100%", "rotate-keys", "key.create")
TITLES = ("Deploy {}", "Back up of {}", "100% of {}", "ÄRGER in {}", "a_b {}", "")
PROJECTS = ("shop", "blog", "wiki")
RESOURCES = (("app", "7"), ("cluster", "7"), ("cluster", "x:y"))
PEOPLE = ("Ann", "Max", "Wodbot")
PLAN = '{"definition": "build", "title": "Build", "jobs": []}'


@dataclass
class OneTask:
    """What a list can ask of a task."""

    id: int
    row: dict[str, Any]
    projects: set[int] = field(default_factory=set[int])
    resources: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])


class Crowd:
    """Random tasks of `bench`'s organization, among those of another one.

    `unicode`: whether the database finds letters beyond ASCII in whatever case.
    """

    def __init__(self, bench: Bench, chance: random.Random, *, unicode: bool = True) -> None:
        self.bench = bench
        self._small = str.lower if unicode else _small
        self.tasks: list[OneTask] = []
        self.project_ids: dict[str, int] = {}
        self._origins: list[OneTask] = []
        self._chance = chance

    async def grow(self, count: int, *, live: float = 0.02) -> None:
        """Add tasks; about the part `live` of them has not ended."""
        first = await self.bench.submit(one_job())
        template = dict(
            zip(TASKS.columns, TASKS.values((await self.bench.state(first)).task), strict=True)
        )
        self.tasks.append(OneTask(first, template))
        self._origins.append(self.tasks[-1])

        def fill(transaction: Transaction) -> None:
            connection, here = transaction.connection, self.bench.organization_id
            other = ensure_organization(connection, "other", START)
            ids = ensure_projects(connection, here, PROJECTS, START)
            self.project_ids = dict(zip(PROJECTS, ids, strict=True))
            made = [self._made(task_id, template, live) for task_id in _new_ids(transaction, count)]
            foreign = {"organization_id": other, "spawn_key": None, "origin_task_id": None}
            rows = [one.row for one in made]
            rows += [template | foreign | {"id": task_id} for task_id in _new_ids(transaction, 50)]
            connection.execute(insert(tasks), rows)
            connection.execute(
                insert(task_plans), [{"task_id": row["id"], "plan": PLAN} for row in rows]
            )
            links = [
                {"task_id": one.id, "project_id": each} for one in made for each in one.projects
            ]
            if links:
                connection.execute(insert(task_projects), links)
            about = [
                {"task_id": one.id, "kind": kind, "resource_id": value}
                for one in made
                for kind, value in one.resources
            ]
            if about:
                connection.execute(insert(task_resources), about)
            if connection.dialect.name == "postgresql":
                # As it does itself, within a minute of so many changes.
                connection.execute(text("ANALYZE tasks, task_projects, task_resources"))
            self.tasks += made

        await self.bench.store.write(fill)

    async def end(self, task: OneTask, status: Status) -> None:
        """Let a task end."""
        changed = _status(status)
        statement = tasks.update().where(tasks.c.id == task.id).values(**changed)
        await self.bench.store.write(
            lambda transaction: transaction.connection.execute(statement).rowcount
        )
        task.row |= changed

    def expected(self, sight: Sight, wanted: TaskFilter) -> list[int]:
        """The ids of the tasks that fit, newest first, by looking at each."""
        return [
            one.id
            for one in sorted(self.tasks, key=lambda one: -one.id)
            if self._fits(one, wanted)
            and _sees(sight, one)
            and self._is_asked(sight, wanted, one)
            and not (wanted.roots_only and self._stands_below(sight, one))
        ]

    def filter(self) -> TaskFilter:
        """A random filter."""
        chance, some = self._chance, self._some
        return TaskFilter(
            statuses=some(tuple(Status), 3),
            names=some((*NAMES, "nothing"), 2),
            search=chance.choice([None, None, None, "deploy", "BACK", "%", "a_b", "10", "ärger"]),
            projects=some((*PROJECTS, "nothing"), 2),
            project_ids=some((*self.project_ids.values(), 4711), 2),
            in_project=chance.choice([None, None, True, False]),
            administration=chance.choice([None, None, None, True, False]),
            authors=some(tuple(AuthorKind), 2),
            users=some(PEOPLE, 1),
            roles=some(tuple(Role), 2),
            silent=chance.random() < 0.5,
            roots_only=chance.random() < 0.3,
            created_after=chance.choice(
                [None, None, self._chance.choice(self.tasks).row["created_at"]]
            ),
        )

    def _some(self, values: tuple[Any, ...], most: int) -> tuple[Any, ...]:
        if self._chance.random() < 0.7:
            return ()
        return tuple(self._chance.sample(values, self._chance.randint(1, most)))

    def _made(self, task_id: int, template: dict[str, Any], live: float) -> OneTask:
        chance = self._chance
        silent = chance.random() < 0.2
        final = sorted(FINAL - {Status.SKIPPED})
        status = Status.QUEUED if chance.random() < live else chance.choice(final)
        kind = chance.choice(list(AuthorKind))
        row = template | {
            "id": task_id,
            "definition": chance.choice(NAMES),
            "title": chance.choice(TITLES).format(chance.randint(1, 30)),
            "silent": silent,
            "immediate": silent,
            "author_kind": str(kind),
            "author_name": chance.choice(PEOPLE),
            "author_role": str(chance.choice(list(Role))) if kind is AuthorKind.USER else None,
            "created_at": START + task_id * 10 + chance.randint(0, 500),
            "origin_task_id": chance.choice([None, None, chance.choice(self._origins).id]),
            "spawn_key": None,
            **_status(Status.DONE if silent else status),
        }
        made = OneTask(
            task_id,
            row,
            set(chance.sample(sorted(self.project_ids.values()), chance.choice([0, 0, 1, 2]))),
            set(chance.sample(RESOURCES, chance.choice([0, 0, 1, 2]))),
        )
        self._origins.append(made)
        return made

    def _is_asked(self, sight: Sight, wanted: TaskFilter, one: OneTask) -> bool:
        """Whether the projects are those of the task, of those that may be asked for."""
        known = one.projects if sight.project_ids is None else one.projects & sight.project_ids
        by_name = {self.project_ids.get(name) for name in wanted.projects}
        return (not wanted.projects or bool(known & by_name)) and (
            not wanted.project_ids or bool(known & set(wanted.project_ids))
        )

    def _stands_below(self, sight: Sight, one: OneTask) -> bool:
        origin = one.row["origin_task_id"]
        return origin is not None and _sees(sight, self._by_id(origin))

    def _by_id(self, task_id: int) -> OneTask:
        return self.tasks[bisect_left(self.tasks, task_id, key=lambda one: one.id)]

    def _fits(self, one: OneTask, wanted: TaskFilter) -> bool:
        row = one.row
        pairs = {(each.kind, str(each.id)) for each in wanted.resources}
        needle = self._small(wanted.search or "")
        return all(
            (
                not wanted.statuses or row["status"] in wanted.statuses,
                not wanted.names or row["definition"] in wanted.names,
                needle in self._small(row["title"]) or needle in self._small(row["definition"]),
                wanted.in_project in (None, bool(one.projects)),
                wanted.administration in (None, row["definition"] in ADMINISTRATION),
                not wanted.resources or one.resources & pairs,
                {(each.kind, str(each.id)) for each in wanted.all_resources} <= one.resources,
                not wanted.authors or row["author_kind"] in wanted.authors,
                not wanted.users or row["author_name"] in wanted.users,
                not wanted.roles or row["author_role"] in wanted.roles,
                wanted.silent or not row["silent"],
                wanted.created_after is None or row["created_at"] > wanted.created_after,
            )
        )


def _new_ids(transaction: Transaction, count: int) -> Sequence[int]:
    """Ids of tasks, in one question: the product submits one at a time."""
    ids = transaction.ids
    assert isinstance(ids, CountedIds | SequenceIds)
    return ids._next("tasks", count)


def _sees(sight: Sight, one: OneTask) -> bool:
    return sight.project_ids is None or bool(one.projects & sight.project_ids)


def _small(text: str) -> str:
    """Letters of ASCII are the only ones that SQLite makes small."""
    return "".join(one.lower() if one.isascii() else one for one in text)


def _status(status: Status) -> dict[str, Any]:
    return {
        "status": str(status),
        "ended_at": START if status in FINAL else None,
        "error": '{"kind":"user","message":"no"}' if status is Status.FAILED else None,
    }
