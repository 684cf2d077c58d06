"""The logs of an installation: where they are, who reads them, what becomes of old ones."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.finished_logs import FinishedLogs, find_in
from tasktrail.actions.live_logs import LiveLogs
from tasktrail.actions.log_erasure import LogErasure
from tasktrail.actions.logs import LogReading
from tasktrail.actions.prune_logs import LogPruning
from tasktrail.config import Config
from tasktrail.data_directory import DataDirectory
from tasktrail.local.log_operations import LogsOfNoEngine
from tasktrail.local.log_shape import LogNames
from tasktrail.logs.hub import LogHub
from tasktrail.logs.log_intake import LogIntake
from tasktrail.logs.place import LogPlace
from tasktrail.logs.stores import LogStores
from tasktrail.settings import read_settings

if TYPE_CHECKING:
    from tasktrail.engine.live_log_upkeep import LiveLogUpkeep
    from tasktrail.engine.log_shipment import LogShipment
    from tasktrail.engine.log_shipping import LogShipping

_SHIPPING_PATIENCE = 5.0
"""Seconds that finished logs are given to be sent when an engine leaves."""


@dataclass(frozen=True, slots=True)
class Logs:
    """All that works on the logs of a data directory."""

    place: LogPlace
    hub: LogHub
    stores: LogStores
    finished: FinishedLogs
    reading: LogReading
    erasure: LogErasure
    pruning: LogPruning
    intake: LogIntake | None = None
    """Where logs arrive that workers elsewhere write, if any do."""
    live: LiveLogs | None = None
    """Those that come in pieces to several processes, where they do."""
    live_upkeep: LiveLogUpkeep | None = None
    """What brings those to their end."""


def open_logs(
    stack: AsyncExitStack,
    directory: DataDirectory,
    config: Config,
    decisions: Decisions,
    *,
    shared_prefix: str | None = None,
) -> Logs:
    """The logs of a directory that this process owns, and writes, or else with a `shared_prefix`
    those of an installation of many processes, whose keys in the store begin with it."""
    place, hub = LogPlace(directory.logs), LogHub()
    stores = _stores(config)
    live = None
    if shared_prefix is not None:
        live = LiveLogs(decisions.store, stores, hub)
        stack.push_async_callback(live.aclose)
    finished = FinishedLogs(find_in(decisions.store), stores, live)
    reading = LogReading(place, hub, finished, live)
    stack.push_async_callback(reading.aclose)
    prefix = shared_prefix or directory.identity
    erasure = LogErasure(decisions.store, place, stores, prefix, decisions.clock)
    pruning = LogPruning(decisions, place, erasure)
    return Logs(place, hub, stores, finished, reading, erasure, pruning, live=live)


def prepare_shipping(
    stack: AsyncExitStack, directory: DataDirectory, decisions: Decisions, logs: Logs
) -> LogShipping | None:
    """What sends finished logs to where the settings say, if they do; it is not started yet."""
    shipment = shipment_of(directory, decisions, logs)
    if shipment is None:
        return None
    from tasktrail.engine.log_shipping import LogShipping

    shipping = LogShipping(decisions.store, logs.place, shipment)
    decisions.subscribe(shipping.follow)
    stack.push_async_callback(shipping.aclose, _SHIPPING_PATIENCE)
    return shipping


def shipment_of(directory: DataDirectory, decisions: Decisions, logs: Logs) -> LogShipment | None:
    """How one finished log is sent to where the settings say, if they do."""
    target = logs.stores.configured
    if target is None:
        return None
    from tasktrail.engine.log_shipment import LogShipment

    store, prefix = decisions.store, directory.identity
    return LogShipment(store, logs.place, target, logs.erasure, prefix, decisions.clock)


def logs_of_no_engine(data: Path, names: LogNames) -> LogsOfNoEngine:
    """The named logs of a data directory that this process does not own.

    What is read there can only grow, or be removed as a whole.
    """
    places = {(name.step_id, name.attempt): name.place for name in names.logs}
    stores = _stores(read_settings(data))
    finished = FinishedLogs(lambda step_id, attempt: places.get((step_id, attempt)), stores)
    return LogsOfNoEngine(LogReading(LogPlace(data / "logs"), LogHub(), finished), names)


def _stores(config: Config) -> LogStores:
    return LogStores(config.log_store, config.log_store_options)
