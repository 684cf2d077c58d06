"""Brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from tasktrail.errors import StoreUnavailableError
from tasktrail.failpoints import Failpoint, reach
from tasktrail.store.layout import lay_out

_MIGRATIONS = Path(__file__).parent / "migrations"

HEAD = "0010"
"""The newest revision; a test holds it against the migration files."""


def upgrade(connection: Connection) -> None:
    """Make the tables, or run the migrations that are missing. With nothing to do: one query.

    Raises:
        StoreUnavailableError: the database was written by a newer Tasktrail.
    """
    found = current_revision(connection)
    if found == HEAD:
        return
    reach(Failpoint.MIGRATION_BEGINS)
    if connection.dialect.name == "sqlite" and not inspect(connection).get_table_names():
        lay_out(connection, HEAD)
    else:
        run_migrations(connection, found)
    reach(Failpoint.MIGRATED)


def run_migrations(connection: Connection, found: str | None) -> None:
    """Bring a database of revision `found` (None: an empty one) to the newest with Alembic.

    Raises:
        StoreUnavailableError: nothing is known of that revision.
    """
    # Loaded when there is something to migrate: most starts find everything in place.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreUnavailableError(
            f"the database has schema {found}, which this version does not know: "
            "it was used by a newer Tasktrail"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def current_revision(connection: Connection) -> str | None:
    """The revision of the schema, or None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
