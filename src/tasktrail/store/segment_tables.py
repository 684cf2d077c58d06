"""The tables of old tasks that are summed up for lists (see `segments`)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Table, Text

from tasktrail.store.identity.tables import metadata
from tasktrail.store.schema import Id

task_segments = Table(
    "task_segments",
    metadata,
    Column(
        "organization_id",
        Id,
        ForeignKey("organizations.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("last_task_id", Id, nullable=False),
    Column("created_first", BigInteger, nullable=False),
    Column("created_last", BigInteger, nullable=False),
    Column("task_ids", LargeBinary, nullable=False),
    Column("titles", LargeBinary, nullable=False),
    Column("names", LargeBinary, nullable=False),
)

task_facets = Table(
    "task_facets",
    metadata,
    Column(
        "organization_id",
        Id,
        ForeignKey("organizations.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("facet", Text, primary_key=True),
    Column("segment", Integer, primary_key=True, autoincrement=False),
    Column("bits", LargeBinary, nullable=False),
)

task_leftovers = Table(
    "task_leftovers",
    metadata,
    Column(
        "organization_id",
        Id,
        ForeignKey("organizations.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("task_id", Id, ForeignKey("tasks.id"), nullable=False),
)
