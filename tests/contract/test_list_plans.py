"""How databases answer for lists: through indexes, and old tasks only by their sets."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from crowd import NAMES, Crowd
from sqlalchemy import Connection, event, text
from store_bench import START, Bench
from test_sealed_lists import seal, segments

from tasktrail.model.author import AuthorKind, Role
from tasktrail.model.instant import Instant
from tasktrail.model.plan import Resource
from tasktrail.model.status import Status
from tasktrail.store.segment_summary import SEGMENT
from tasktrail.store.segments import MARGIN
from tasktrail.store.task_filter import TaskFilter
from tasktrail.store.task_list import list_tasks
from tasktrail.store.visibility import Sight

FILTERS = {
    "all": TaskFilter(),
    "statuses": TaskFilter(statuses=(Status.FAILED, Status.QUEUED)),
    "names": TaskFilter(names=NAMES[:2]),
    "search": TaskFilter(search="deploy"),
    "projects": TaskFilter(projects=("shop", "blog")),
    "organization": TaskFilter(in_project=False),
    "resources": TaskFilter(all_resources=(Resource("app", 7), Resource("cluster", 7))),
    "people": TaskFilter(users=("Ann",), roles=(Role.OWNER,), authors=(AuthorKind.USER,)),
    "roots": TaskFilter(roots_only=True),
    "time": TaskFilter(created_after=Instant(START + 20_000)),
}
GROWING = r"tasks|task_plans|task_projects|task_resources|events\w*|jobs|steps|attempts"


@contextmanager
def explained(connection: Connection) -> Generator[list[tuple[str, Any]]]:
    """How the database carries out each statement: its text, and its plan."""
    found: list[tuple[str, Any]] = []
    prefix = "QUERY PLAN" if connection.dialect.name == "sqlite" else "(FORMAT JSON)"

    def explain(_: Connection, cursor: Any, statement: str, parameters: Any, *__: object) -> None:
        explaining = cursor.connection.cursor()
        explaining.execute(f"EXPLAIN {prefix} {statement}", parameters)
        found.append((statement, explaining.fetchall()))

    event.listen(connection, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", explain)


def bad_lines(plan: list[Any]) -> list[str]:
    """Scans of whole tables that grow, and sorts, in a plan of SQLite."""
    scan = re.compile(rf"SCAN ({GROWING})\b|USE TEMP B-TREE FOR ORDER BY")
    return [row[3] for row in plan if scan.match(row[3])]


def bad_nodes(node: dict[str, Any]) -> list[str]:
    """The same in a plan of PostgreSQL."""
    found = [one for inner in node.get("Plans", ()) for one in bad_nodes(inner)]
    relation = node.get("Relation Name", "")
    if node["Node Type"] == "Seq Scan" and re.fullmatch(GROWING, relation):
        found.append(f"Seq Scan on {relation}")
    return found


def wrong(dialect: str, plan: list[Any]) -> list[str]:
    if dialect == "sqlite":
        return bad_lines(plan)
    shown = plan[0][0]
    return bad_nodes((json.loads(shown) if isinstance(shown, str) else shown)[0]["Plan"])


async def test_no_list_reads_a_whole_table_or_old_tasks(bench: Bench) -> None:
    crowd = Crowd(bench, random.Random(12))
    await crowd.grow(SEGMENT + MARGIN)
    assert await seal(bench)
    assert await segments(bench) == 1
    sights = [
        Sight(bench.organization_id, None),
        Sight(bench.organization_id, frozenset(crowd.project_ids.values())),
    ]

    def check(connection: Connection) -> int:
        if connection.dialect.name == "postgresql":
            # Small tables are read as a whole; large ones only where nothing else is possible.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        seen = 0
        for sight in sights:
            for name, wanted in FILTERS.items():
                for page in (1, 40):
                    with explained(connection) as plans:
                        list_tasks(connection, sight, wanted, page, 30)
                    for statement, plan in plans:
                        found = wrong(connection.dialect.name, plan)
                        assert found == [], (name, statement, plan)
                        seen += 1
        return seen

    assert await bench.read(check) > len(FILTERS) * len(sights)


@pytest.mark.parametrize("order", ["title", "created_at"])
async def test_a_scan_would_be_noticed(bench: Bench, order: str) -> None:
    await Crowd(bench, random.Random(13)).grow(10)

    def check(connection: Connection) -> list[str]:
        with explained(connection) as plans:
            connection.execute(text(f"SELECT id FROM tasks WHERE title = 'x' ORDER BY {order}"))
        ((_, plan),) = plans
        return wrong(connection.dialect.name, plan)

    assert await bench.read(check)
