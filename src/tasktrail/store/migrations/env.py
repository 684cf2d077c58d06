"""Runs migrations on the connection that `tasktrail.store.migrate` hands over, all or nothing."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from tasktrail.store.tables import metadata


def migrate(connection: Connection) -> None:
    """Configure the context and run what is missing.

    On SQLite the connection is in autocommit mode, so the transaction is opened by statement.
    """
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    context.run_migrations()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("COMMIT")


migrate(context.config.attributes["connection"])
