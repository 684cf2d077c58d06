"""The store that the settings name, and who owns it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy.exc import ArgumentError, OperationalError

from tasktrail.actions.backup import Snapshot
from tasktrail.actions.decisions import Decisions
from tasktrail.config import Config, EngineKind
from tasktrail.data_directory import DataDirectory
from tasktrail.errors import (
    ConflictError,
    DataDirectoryInUseError,
    InvalidInputError,
    RecordsUnavailableError,
    StoreUnavailableError,
)
from tasktrail.store.moving import shown_address
from tasktrail.store.snapshot import copy_database
from tasktrail.store.sqlite import SqliteStore
from tasktrail.store.store import Store
from tasktrail.store.task_views import live_task_ids

_EXAMPLE = "for example postgresql://user@localhost/tasktrail"
_SCHEMES = ("postgresql", "postgres")

if TYPE_CHECKING:
    from tasktrail.engine.embedded import EmbeddedEngine
    from tasktrail.store.postgresql import PostgresqlStore


def open_store(directory: DataDirectory, config: Config) -> Store:
    """The store that the settings name.

    Raises:
        RecordsUnavailableError: it cannot be opened.
        InvalidInputError: what they name is no address of one.
    """
    if config.database is not None:
        check_address(config.database)
    try:
        if config.database is None:
            return SqliteStore(directory.database)
        # Loaded with its driver where it is used.
        from tasktrail.store.postgresql import PostgresqlStore

        store = PostgresqlStore(config.database)
        return store if config.engine is EngineKind.TEMPORAL else _owned(store)
    except StoreUnavailableError as error:
        hint = None
        if config.database is not None and (question := _question(config.database, error)):
            hint = (
                f"{question} The address comes from --database, TASKTRAIL_DATABASE or `database`"
                " in config.toml"
            )
        raise RecordsUnavailableError(
            f"the records cannot be opened: {error}", hint=hint
        ) from error


def snapshot_of(directory: DataDirectory, config: Config) -> Snapshot | None:
    """How a backup copies the records; None where their database is backed up by others."""
    return partial(copy_database, directory.database) if config.database is None else None


def keep_ownership(
    stack: AsyncExitStack, decisions: Decisions, engine: EmbeddedEngine, disowned: asyncio.Event
) -> None:
    """Stop the engine once another one has taken the database over, and set `disowned` then.

    Only a database that can be lost to others needs this.
    """
    from tasktrail.actions.doubtful_tasks import DoubtfulTasks
    from tasktrail.engine.ownership_watch import watch_ownership
    from tasktrail.store.postgresql import PostgresqlStore

    store = decisions.store
    assert isinstance(store, PostgresqlStore)
    doubtful = DoubtfulTasks(decisions)
    store.in_doubt = doubtful.add
    stack.push_async_callback(doubtful.aclose)

    async def regained() -> None:
        doubtful.add({*engine.live_tasks, *await store.read(live_task_ids)})

    async def taken_over() -> None:
        await engine.stop(patience=0)
        disowned.set()

    watch = asyncio.ensure_future(watch_ownership(store, regained, taken_over))
    stack.callback(watch.cancel)


async def open_target(url: str) -> PostgresqlStore:
    """The PostgreSQL database at an address, with tables, which nobody else works on meanwhile.

    Raises:
        InvalidInputError: that is no address of one.
        ConflictError: an engine works on it.
        StoreUnavailableError: it cannot be reached, or a newer Tasktrail has used it.
    """
    from tasktrail.store.postgresql import PostgresqlStore

    check_address(url)
    try:
        store = await asyncio.to_thread(PostgresqlStore, url)
    except StoreUnavailableError as error:
        question = _question(url, error)
        if question is None:
            raise
        raise StoreUnavailableError(f"{error}\nhint: {question}") from error
    if not store.own():
        await store.aclose()
        raise ConflictError("an engine works on that database", hint="name an empty database")
    return store


def check_address(url: str) -> None:
    """Accept the address of a PostgreSQL database.

    Raises:
        InvalidInputError: it is none.
    """
    try:
        shown = shown_address(url)
    except (ArgumentError, ValueError) as error:  # a port that is no number
        # What is no address is not shown: who knows where in it a password stands.
        given = repr(url) if url.isalnum() else "what is given"
        raise InvalidInputError(
            f"{given} is no address of a PostgreSQL database", hint=_EXAMPLE
        ) from error
    if urlsplit(shown).scheme.partition("+")[0] not in _SCHEMES:
        raise InvalidInputError(f"{shown} is no address of a PostgreSQL database", hint=_EXAMPLE)


def _question(url: str, error: StoreUnavailableError) -> str | None:
    """What to look at first; None where the database has answered, and has something against us."""
    if not isinstance(error.__cause__, OperationalError):
        return None
    return f"does PostgreSQL answer at {shown_address(url)}, and let this user in?"


def _owned(store: PostgresqlStore) -> PostgresqlStore:
    if not store.own():
        raise DataDirectoryInUseError(
            "the database is in use by the engine of another data directory",
            hint="stop it first, or name another database in config.toml",
        )
    return store
