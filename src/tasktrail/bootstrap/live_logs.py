"""The logs of an installation of several processes: workers elsewhere write them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.shared_installation import shared_installation
from tasktrail.bootstrap.logs import Logs, open_logs
from tasktrail.config import Config
from tasktrail.data_directory import DataDirectory
from tasktrail.engine.chunk_merging import ChunkMerging
from tasktrail.engine.live_log_upkeep import LiveLogUpkeep
from tasktrail.engine.log_joining import LogJoining
from tasktrail.engine.log_shipment import LogShipment
from tasktrail.engine.stored_log_intake import StoredLogIntake, live_prefix
from tasktrail.logs.place import LogPlace
from tasktrail.runners.file_tree import remove_tree


async def open_shared_logs(
    stack: AsyncExitStack, directory: DataDirectory, config: Config, decisions: Decisions
) -> Logs:
    """Logs that any process takes in and reads, in the store that the settings name.

    Raises:
        LogStoreError: there is no such store.
        StoreUnavailableError: the database does not say whose it is.
    """
    store, clock = decisions.store, decisions.clock
    prefix = (await store.write(lambda one: shared_installation(one.connection))).name
    logs = open_logs(stack, directory, config, decisions, shared_prefix=prefix)
    target = logs.stores.configured
    assert target is not None, "it is asked for where the settings name one"
    assert logs.live is not None, "there is a prefix"
    place = LogPlace(directory.path / "joining")
    await asyncio.to_thread(remove_tree, place.root)  # of a life that was killed
    shipment = LogShipment(store, place, target, logs.erasure, prefix, clock)
    prefix_of = partial(live_prefix, prefix)
    joining = LogJoining(store, logs.stores, place, shipment, prefix_of)
    merging = ChunkMerging(store, logs.stores, prefix_of)
    intake = StoredLogIntake(store, logs.stores, logs.live, joining, prefix, clock)
    upkeep = LiveLogUpkeep(intake, joining, merging, clock)
    return replace(logs, intake=intake, live_upkeep=upkeep)
