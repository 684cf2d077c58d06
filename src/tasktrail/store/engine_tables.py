"""The tables by which several processes share a database: what an engine must look at, and what is
settled once for all of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from tasktrail.store.log_tables import metadata
from tasktrail.store.schema import Id

outbox = Table(
    "outbox",
    metadata,
    # No foreign key: a row lives for milliseconds, and would be checked in every decision.
    Column("task_id", Id, primary_key=True, autoincrement=False),
    Column("mark", BigInteger, nullable=False),
    Column("since", BigInteger, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
