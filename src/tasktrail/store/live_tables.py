"""The tables of logs that are being written elsewhere: what of them is in a store, in pieces."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, ForeignKeyConstraint, Integer, Table, Text

from tasktrail.store.history_tables import metadata
from tasktrail.store.schema import Id

live_logs = Table(
    "live_logs",
    metadata,
    Column("step_id", Id, ForeignKey("steps.id"), primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("task_id", Id, ForeignKey("tasks.id"), nullable=False),
    Column("store", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
)

live_chunks = Table(
    "live_chunks",
    metadata,
    Column("step_id", Id, primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("length", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    ForeignKeyConstraint(
        ["step_id", "attempt"],
        ["live_logs.step_id", "live_logs.attempt"],
        name="fk_live_chunks_step_id",
    ),
)
