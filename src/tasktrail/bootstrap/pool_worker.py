"""A worker of a pool, put together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from tasktrail.bootstrap.worker import own_ground, settle_last_life, tools_of
from tasktrail.config import TemporalServer
from tasktrail.errors import (
    InvalidInputError,
    RefusedError,
    ServerUnreachableError,
    StoreUnavailableError,
)
from tasktrail.worker.work_api import ServerAddress, WorkApi, WorkerSelf

if TYPE_CHECKING:
    from temporalio.client import Client

    from tasktrail.worker.temporal.pool_worker import PoolWorker

T = TypeVar("T")

_BEFORE_NEXT_TRY = 2.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """What a worker is told when it is started."""

    pool: str
    slots: int
    data: Path
    server: ServerAddress
    key: str


@asynccontextmanager
async def open_pool_worker(
    settings: WorkerSettings, temporal: TemporalServer
) -> AsyncGenerator[PoolWorker]:
    """A worker that takes jobs from now on. What its last life left is ended first, and told as
    soon as the API answers. API and cluster are waited for, however long that takes.

    Raises:
        DataDirectoryInUseError: another worker works in that directory.
        DataDirectoryError: it cannot be used.
        RefusedError: the API does not take the key, or that is for another pool; or what speaks to
            Temporal is not installed, or the cluster does not take these settings.
    """
    async with AsyncExitStack() as stack:
        ground = await own_ground(stack, settings.data)
        api = await stack.enter_async_context(WorkApi(settings.server, settings.key))
        myself = await _once_there(api.myself)
        _check_pool(myself, settings.pool)
        connect = _connecting(temporal, myself)
        client = await _once_there(connect)

        from tasktrail.engine.temporal.calls import pool_queue
        from tasktrail.worker.temporal.job_end import JobEnd
        from tasktrail.worker.temporal.job_slots import JobSlots
        from tasktrail.worker.temporal.pool_worker import PoolWorker

        slots = JobSlots(settings.slots)
        settle_last_life(stack, ground, api, JobEnd(client).left)
        tools = tools_of(stack, ground, api, myself, settings.slots, slots.waiting)
        queue = pool_queue(myself.installation_id, myself.pool)
        worker = PoolWorker(client, connect, queue, tools, slots)
        worker.start()
        yield worker


async def _once_there(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer, whenever there is one; why there is none is said once."""
    said = ""
    while True:
        try:
            return await ask()
        except (ServerUnreachableError, StoreUnavailableError) as error:
            if str(error) != said:
                said = str(error)
                words = "; ".join(said.splitlines())
                _log.warning("%s; it is tried again every %g s", words, _BEFORE_NEXT_TRY)
        await asyncio.sleep(_BEFORE_NEXT_TRY)


def _connecting(temporal: TemporalServer, myself: WorkerSelf) -> Callable[[], Awaitable[Client]]:
    """What connects to the cluster, in the namespace of the installation."""
    try:
        from tasktrail.engine.temporal.connection import connect
    except ImportError as error:
        raise RefusedError(
            f"a worker needs more than is installed: {error}",
            hint="pip install 'tasktrail[temporal]'",
        ) from error
    return partial(connect, replace(temporal, namespace=myself.namespace), myself.secret)


def _check_pool(myself: WorkerSelf, pool: str) -> None:
    if myself.pool != pool:
        raise InvalidInputError(
            f"the key is for the pool {myself.pool}, and not for {pool}",
            hint=f"tasktrail worker-key create --pool {pool}",
        )
