"""Where the logs of attempts are, once that is not the data directory."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from tasktrail.store.schema import Id

# From there, so that who uses the metadata has those tables in it, too.
from tasktrail.store.segment_tables import metadata

log_places = Table(
    "log_places",
    metadata,
    Column("step_id", Id, ForeignKey("steps.id"), primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("task_id", Id, ForeignKey("tasks.id"), nullable=False, index=True),
    Column("store", Text),
    Column("key", Text),
    Column("size", BigInteger),
    Column("digest", Text),
    Column("stored_at", BigInteger),
    Column("removed_at", BigInteger),
    Column("removed_by", Id, ForeignKey("tasks.id")),
    Column("erased_at", BigInteger),
    CheckConstraint("(stored_at IS NULL) = (key IS NULL)", name="stored_iff_key"),
    CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed_iff_by"),
    CheckConstraint("erased_at IS NULL OR removed_at IS NOT NULL", name="erased_if_removed"),
)
Index(
    "ix_log_places_unerased",
    log_places.c.task_id,
    sqlite_where=text("removed_at IS NOT NULL AND erased_at IS NULL"),
)
