"""What a task of the Temporal engine costs: rows, bytes and commits in PostgreSQL, events and
actions in Temporal, bytes in the log store. Read from what each of them has after some tasks.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from benchmarks.cluster_ours import OurCluster, opened
from benchmarks.contract import Work, leave_in_order
from benchmarks.measure import number, table
from benchmarks.ours import file_submission, submission_of
from benchmarks.processor import children, processor_seconds
from tasktrail.engine.temporal.calls import workflow_id
from tasktrail.local.transport import JsonObject

COSTS = "benchmarks.cluster_costs"
"""The module of this file, as an entrant."""

TASKS = 100
"""Tasks of each kind."""

_SAMPLE = 20
"""Histories that are read of each kind."""

_SETTLING = 12
"""Further tasks before, so that everything is loaded and each table has its first pages."""

BUILD = """
name: build
jobs:
  build:
    steps:
      - {name: fetch, run: "seq 100 | sed 's/$/ of what a build says about itself line by line/'"}
      - {name: compile, run: "seq 400 | sed 's/$/ of what a build says about itself line by line/'"}
  test: {after: build, steps: [{name: test, run: seq 100}, {name: publish, run: echo done}]}
"""

_ACTIONS = {
    "WorkflowExecutionStarted",
    "WorkflowExecutionSignaled",
    "ActivityTaskScheduled",
    "MarkerRecorded",
    "TimerStarted",
}
"""Events that stand for billed actions (docs.temporal.io/cloud/actions): no workflow task of ours
has two markers. A signal that starts a workflow is counted twice, and is one with the start."""

_WORDS = {
    "commits": "commits in PostgreSQL",
    "wal": "bytes of its log of changes (WAL)",
    "rows": "rows",
    "bytes": "bytes of tables and indexes",
    "history_rows": "of them in the history of events: rows",
    "events": "events in Temporal",
    "actions": "actions in Temporal, without signs of life",
    "log_bytes": "bytes in the log store",
    "log_objects": "objects in the log store",
    "control_ms": "ms of the processor: control process, with the submission",
    "worker_ms": "ms of the processor: worker, with what it starts",
    "postgresql_ms": "ms of the processor: PostgreSQL",
    "temporal_ms": "ms of the processor: Temporal",
}


def measured(cluster: OurCluster, database: str, logs: Path) -> dict[str, dict[str, float]]:
    """What one task of each kind costs, by its name."""
    book = logs.parent / "build.yml"
    book.write_text(BUILD)
    kinds = {
        "one Python step": submission_of(Work("nothing")),
        "2 jobs, 4 commands, 600 lines": file_submission(book),
    }
    return {name: _of(cluster, database, logs, one) for name, one in kinds.items()}


def costs_table(costs: Mapping[str, Mapping[str, float]]) -> str:
    """One line for each thing."""
    rows = [
        [text, *(number(of[name]) for of in costs.values()), ""] for name, text in _WORDS.items()
    ]
    return table(["a task of", *costs, ""], rows)


def _of(cluster: OurCluster, database: str, logs: Path, submission: JsonObject) -> dict[str, float]:
    _carry_out(cluster, submission, _SETTLING)
    before = _stored(database) | _logged(logs)
    worked = _worked(cluster)
    _carry_out(cluster, submission, TASKS)
    working = _worked(cluster)
    after = _stored(database) | _logged(logs)
    each = {name: (after[name] - before[name]) / TASKS for name in after}
    each |= {name: 1000 * (working[name] - worked[name]) / TASKS for name in working}
    events = cluster.runner.run(_events(cluster))
    each["events"] = events.total() / _SAMPLE
    each["actions"] = sum(events[name] for name in _ACTIONS) / _SAMPLE
    return {name: round(cost, 1) for name, cost in each.items()}


def _carry_out(cluster: OurCluster, submission: JsonObject, count: int) -> None:
    cluster.submit_each(submission, count)
    cluster.wait()


def _stored(database: str) -> dict[str, float]:
    """What PostgreSQL has done since it is there, and what it holds."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
        counted = connection.execute(
            "SELECT xact_commit, pg_current_wal_lsn() - '0/0'::pg_lsn,"
            " (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c"
            "  JOIN pg_namespace n ON n.oid = c.relnamespace"
            "  WHERE n.nspname = 'public' AND c.relkind = 'r')"
            " FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
        assert counted is not None
        rows = {name: _rows(connection, name) for name in _tables(connection)}
    commits, wal, size = map(float, counted)
    history = sum(count for name, count in rows.items() if name.startswith("events"))
    return {
        "commits": commits,
        "wal": wal,
        "bytes": size,
        "rows": sum(rows.values()),
        "history_rows": history,
    }


def _tables(connection: psycopg.Connection) -> list[str]:
    found = connection.execute(
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE nspname = 'public' AND relkind = 'r'"
    )
    return [name for (name,) in found]


def _rows(connection: psycopg.Connection, name: str) -> int:
    statement = SQL("SELECT count(*) FROM {}").format(Identifier(name))
    counted = connection.execute(statement).fetchone()
    assert counted is not None
    return counted[0]


def _logged(logs: Path) -> dict[str, float]:
    sizes = [file.stat().st_size for file in logs.rglob("*") if file.is_file()]
    return {"log_bytes": sum(sizes), "log_objects": len(sizes)}


def _worked(cluster: OurCluster) -> dict[str, float]:
    """Seconds of the processor, part by part."""
    here = os.getpid()
    parts = {
        "worker_ms": processor_seconds(children(here, "worker")),
        "temporal_ms": processor_seconds(children(here, "start-dev")),
    }
    control = processor_seconds([here]) - sum(parts.values())
    database = processor_seconds([cluster.postgresql])
    return {**parts, "control_ms": control, "postgresql_ms": database}


async def _events(cluster: OurCluster) -> Counter[str]:
    """The events of the last tasks, by kind."""
    found: Counter[str] = Counter()
    for task_id in cluster.done[-_SAMPLE:]:
        handle = cluster.client.get_workflow_handle(workflow_id(cluster.own.name, task_id))
        history = await handle.fetch_history()
        for event in history.events:
            kind = event.WhichOneof("attributes")
            assert kind is not None
            found[_camel(kind.removesuffix("_event_attributes"))] += 1
    return found


def _camel(name: str) -> str:
    return "".join(word.title() for word in name.split("_"))


def main(directory: Path) -> None:
    """Measure in an empty directory, and print one line of JSON."""
    leave_in_order()
    with opened(directory) as cluster:
        database = cluster.world.installation.config.database
        assert database is not None
        print(json.dumps(measured(cluster, database, directory / "logs")), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[sys.argv.index("--directory") + 1]))
