"""Which kind of engine works on a PostgreSQL database: never both at once."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from tasktrail.actions.decisions import Decisions
from tasktrail.bootstrap.machine import clock, new_reference
from tasktrail.config import Config, EngineKind
from tasktrail.data_directory import DataDirectory
from tasktrail.engine.recovery import recover
from tasktrail.errors import DataDirectoryError, DataDirectoryInUseError
from tasktrail.logs.place import LogPlace
from tasktrail.store.settings import Setting, keep_setting, read_setting
from tasktrail.store.store import Connection, Store
from tasktrail.store.task_views import live_task_ids

if TYPE_CHECKING:
    from tasktrail.store.held_lock import HeldLock
    from tasktrail.store.postgresql import PostgresqlStore


async def check_embedded(store: Store) -> None:
    """Let an embedded engine have a database that it owns.

    Raises:
        DataDirectoryError: tasks of the Temporal engine live there: workers may be at them.
    """

    def settle(connection: Connection) -> int:
        if read_setting(connection, Setting.ENGINE) != EngineKind.TEMPORAL:
            return 0
        live = len(live_task_ids(connection))
        if not live:
            keep_setting(connection, Setting.ENGINE, EngineKind.EMBEDDED)
        return live

    live = await store.write(lambda one: settle(one.connection))
    if live:
        raise DataDirectoryError(
            f"{live} tasks of the Temporal engine have not ended in this database",
            hint='use it with `engine = "temporal"`, or let them end there first',
        )


async def share(
    stack: AsyncExitStack, directory: DataDirectory, config: Config, store: Store
) -> HeldLock:
    """Work on a database side by side with others, until the stack is closed. One that an embedded
    engine has used is taken over from it, with what lives there.

    Raises:
        DataDirectoryInUseError: an embedded engine works on it.
    """
    # Loaded with its driver where it is used.
    from tasktrail.store.postgresql import PostgresqlStore

    assert isinstance(store, PostgresqlStore), "the settings have a database"
    kind = await store.read(lambda one: read_setting(one, Setting.ENGINE))
    if kind != EngineKind.TEMPORAL:
        assert config.database is not None, "see above"
        await _take_over(PostgresqlStore(config.database), LogPlace(directory.logs))
    lock = store.shared_use()
    stack.push_async_callback(asyncio.to_thread, lock.close)
    if not await asyncio.to_thread(lock.take):
        raise _in_use()
    return lock


async def _take_over(store: PostgresqlStore, logs: LogPlace) -> None:
    """Settle what an embedded engine has left, and have the other engine look at all of it."""
    try:
        if not await asyncio.to_thread(store.own):
            raise _in_use()
        decisions = Decisions(store, clock, outbox=True)
        await recover(decisions, logs, new_reference)
        await store.write(
            lambda one: keep_setting(one.connection, Setting.ENGINE, EngineKind.TEMPORAL)
        )
    finally:
        await store.aclose()


def _in_use() -> DataDirectoryInUseError:
    return DataDirectoryInUseError(
        "an embedded engine works on the database",
        hint="stop it first: it and the Temporal engine never work on one database at once",
    )
