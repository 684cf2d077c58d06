"""A database of before people were known: ids of its authors were those of the machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, text

from tasktrail.store import migrate
from tasktrail.store.sqlite_connections import writing_engine

_TASK = """
    INSERT INTO tasks (organization_id, definition, title, status, author_kind, author_id,
        author_name, author_role, created_at, updated_at, started_at, ended_at, immediate, silent,
        forced, system, inputs, locked)
    VALUES (1, 'note', 'A note', 'done', :kind, :id, :name, :role, 1, 1, 1, 1, :yes, :no, :no, :no,
        '{}', :yes)
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    if request.param == "sqlite":
        return writing_engine(tmp_path / "old.db", 5.0)
    make: Callable[[], str] = request.getfixturevalue("empty_url")
    url = make().replace("postgresql://", "postgresql+psycopg://")
    return create_engine(url, isolation_level="AUTOCOMMIT")


def test_they_are_nobodys_now_and_everything_else_is_as_it_was(engine: Engine) -> None:
    try:
        with engine.connect() as connection:
            upgrade_to(connection, "0002")
            connection.execute(
                text("INSERT INTO organizations (name, created_at) VALUES ('acme', 1)")
            )
            for kind, number, name, role in (
                ("user", 1000, "ann", "owner"),
                ("robot", None, "Robot", None),
            ):
                values: dict[str, Any] = {"kind": kind, "id": number, "name": name, "role": role}
                connection.execute(text(_TASK), {**values, "yes": True, "no": False})
            migrate.upgrade(connection)
            assert migrate.current_revision(connection) == migrate.HEAD
            tasks = connection.execute(
                text("SELECT author_id, author_name, title FROM tasks ORDER BY id")
            ).all()
            organization = connection.execute(
                text("SELECT name, support_default FROM organizations")
            ).one()
    finally:
        engine.dispose()
    assert [tuple(row) for row in tasks] == [(None, "ann", "A note"), (None, "Robot", "A note")]
    assert tuple(organization) == ("acme", 1)


def upgrade_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate._MIGRATIONS))
    config.attributes["connection"] = connection
    migrate.current_revision(connection)  # as the store does: it begins what Alembic goes on with
    command.upgrade(config, revision)
