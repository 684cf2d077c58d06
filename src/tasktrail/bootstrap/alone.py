"""The embedded engine: this process alone works on the records."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from tasktrail.bootstrap.engine_kind import check_embedded
from tasktrail.bootstrap.logs import prepare_shipping
from tasktrail.bootstrap.machine import new_reference
from tasktrail.bootstrap.parts import Driven, Parts
from tasktrail.bootstrap.records import keep_ownership
from tasktrail.engine.recovery import Recovered, recover

if TYPE_CHECKING:
    from tasktrail.bootstrap.processes import Processes
    from tasktrail.engine.embedded import EmbeddedEngine
    from tasktrail.engine.log_shipping import LogShipping

_log = logging.getLogger(__name__)


async def drive_alone(
    stack: AsyncExitStack, parts: Parts, disowned: asyncio.Event, *, engine: bool
) -> Driven:
    """Settle what an earlier life left, and with `engine` go on with it. `disowned` is set once
    another engine has taken the database over.

    Raises:
        DataDirectoryError: the database is that of another kind of engine.
    """
    decisions, logs = parts.decisions, parts.logs
    if parts.config.database is not None:
        await check_embedded(decisions.store)
    running: EmbeddedEngine | None = None
    shipping: LogShipping | None = None
    if engine:
        # What runs tasks is loaded with an engine: most commands only look at tasks.
        from tasktrail.bootstrap.engine import start_engine

        # Before the engine, so that it ends after it: the last steps leave logs, too.
        shipping = prepare_shipping(stack, parts.directory, decisions, logs)
        running = await start_engine(stack, parts)
    _tell(await recover(decisions, logs.place, new_reference), parts.processes)
    if shipping is not None:
        shipping.start()  # now that the attempts of the last life have ended
    if running is not None and parts.config.database is not None:
        keep_ownership(stack, decisions, running, disowned)
    return Driven(running, shipping)


def _tell(recovered: Recovered, processes: Processes) -> None:
    if recovered.lost_jobs or processes.swept.killed:
        _log.warning(
            "settled %d jobs that had lost their worker; stopped %d processes left over",
            recovered.lost_jobs,
            len(processes.swept.killed),
        )
