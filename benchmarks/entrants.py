"""Who takes part, and by what settings each keeps its tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entrant:
    """A contestant. `module` is its program; `directory` what it works on, if not an empty one;
    `environment` what it is told beside the command line."""

    name: str
    module: str
    durability: str
    peer: bool = True
    directory: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


OURS = Entrant("Tasktrail", "benchmarks.ours", "SQLite WAL, synchronous FULL", peer=False)

PEERS = (
    Entrant("Huey", "benchmarks.peers.huey_queue", "SQLite WAL, fsync=True"),
    Entrant(
        "Procrastinate",
        "benchmarks.peers.procrastinate_jobs",
        "PostgreSQL, fsync on, polled each 10 ms",
    ),
    Entrant(
        "DBOS", "benchmarks.peers.dbos_workflows", "SQLite, its default (rollback journal, FULL)"
    ),
    Entrant(
        "Temporal",
        "benchmarks.peers.temporal_workflows",
        "CLI server, SQLite WAL, synchronous FULL",
    ),
    Entrant("Celery", "benchmarks.peers.celery_queue", "Redis, append-only file, fsync always"),
)
