"""The table that tells which entries of histories were removed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Table

from tasktrail.store.engine_tables import metadata
from tasktrail.store.schema import Id

history_removals = Table(
    "history_removals",
    metadata,
    Column("until", BigInteger, primary_key=True, autoincrement=False),
    Column("removed_at", BigInteger, nullable=False),
    Column("removed_by", Id, ForeignKey("tasks.id"), nullable=False),
)
