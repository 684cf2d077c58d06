"""What is settled once for all processes that work on a database."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from tasktrail.store.engine_tables import settings


class Setting(StrEnum):
    """What is kept.

    `ENGINE` is the kind of engine that works on the database, `INSTALLATION` the name that
    tells this database from every other, `SECRET` what keys of the installation are made of,
    `NAMESPACE` where the workflows of its tasks are.
    """

    ENGINE = "engine"
    INSTALLATION = "installation"
    SECRET = "secret"  # noqa: S105 - its name
    NAMESPACE = "namespace"


def read_setting(connection: Connection, setting: Setting) -> str | None:
    """What was settled, if anything was."""
    query = select(settings.c.value).where(settings.c.name == setting)
    return connection.execute(query).scalar_one_or_none()


def keep_setting(connection: Connection, setting: Setting, value: str) -> None:
    """Settle it, whatever it was before."""
    connection.execute(delete(settings).where(settings.c.name == setting))
    connection.execute(insert(settings).values(name=setting, value=value))
