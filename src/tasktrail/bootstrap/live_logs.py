"""Logs that workers elsewhere write: how they are taken in, and kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from tasktrail.actions.decisions import Decisions
from tasktrail.bootstrap.logs import Logs
from tasktrail.data_directory import DataDirectory
from tasktrail.engine.live_log_upkeep import LiveLogUpkeep
from tasktrail.engine.log_joining import LogJoining
from tasktrail.engine.log_shipment import LogShipment
from tasktrail.engine.stored_log_intake import StoredLogIntake, live_prefix
from tasktrail.errors import DataDirectoryError
from tasktrail.logs.place import LogPlace
from tasktrail.runners.file_tree import remove_tree


@dataclass(frozen=True, slots=True)
class LiveLogWork:
    """What takes logs in, and what brings them to their end; of that one process is enough."""

    intake: StoredLogIntake
    upkeep: LiveLogUpkeep


async def open_intake(
    directory: DataDirectory,
    decisions: Decisions,
    logs: Logs,
    shared_prefix: str,
) -> LiveLogWork:
    """What takes in the logs of workers, with the prefix of `open_logs`.

    Raises:
        DataDirectoryError: the settings name no store for logs.
        LogStoreError: they name one that there is not.
    """
    target = logs.stores.configured
    if target is None or logs.live is None:
        raise DataDirectoryError(
            "workers elsewhere need a store for their logs",
            hint="set `log_store` in config.toml, to a place that all processes reach",
        )
    place = LogPlace(directory.path / "joining")
    await asyncio.to_thread(remove_tree, place.root)  # of a life that was killed
    store, clock = decisions.store, decisions.clock
    shipment = LogShipment(store, place, target, logs.erasure, shared_prefix, clock)
    joining = LogJoining(store, logs.stores, place, shipment, partial(live_prefix, shared_prefix))
    intake = StoredLogIntake(store, logs.stores, logs.live, joining, shared_prefix, clock)
    return LiveLogWork(intake, LiveLogUpkeep(intake, joining, clock))
