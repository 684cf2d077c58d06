"""The Temporal engine: a control process, a worker for each place, Temporal and PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncGenerator
from pathlib import Path

from cluster.cluster import Cluster
from conformance.installation import DOWN, Place
from contract.postgresql_server import Server, postgresql_server
from tasktrail.client import connect
from tasktrail.local.client import Client

_SLOTS = {Place.WIDE: 64, Place.NARROW: 1, Place.MORTAL: 64}


class TemporalInstallation:
    """A cluster whose pools are the places."""

    def __init__(self, cluster: Cluster) -> None:
        self.catalog = cluster.catalog
        self._cluster = cluster
        self._clients: dict[bool, Client] = {}

    def client(self, place: Place, *, system: bool) -> Client:
        """See `Installation.client`."""
        return self._clients[system]

    def job_options(self, place: Place) -> str:
        """See `Installation.job_options`."""
        return f"pool: {_pool(place)}"

    async def lose_worker(self) -> None:
        """See `Installation.lose_worker`. The other workers are not concerned."""
        worker = self._cluster.workers[Place.MORTAL]
        worker.kill()
        await asyncio.sleep(DOWN)  # that nothing happens is told by nobody
        await worker.start()

    async def open(self, stack: contextlib.AsyncExitStack, database: str) -> None:
        """Start everything on an empty database, until `stack` is left."""
        cluster = self._cluster
        stack.callback(cluster.kill)
        await cluster.temporal.program.start()
        control = cluster.control(database)
        await control.program.start()
        key = await cluster.owner_key()
        self._clients[False] = await stack.enter_async_context(connect(control.url, key))
        # Who is at the machine is told of changes, and need not ask again and again.
        self._clients[True] = await stack.enter_async_context(cluster.local())
        workers = [
            await cluster.worker(place, _pool(place), _SLOTS[place], control.url) for place in Place
        ]
        await asyncio.gather(*(worker.start() for worker in workers))


def _pool(place: Place) -> str:
    """Jobs that name no pool are those that are at home everywhere."""
    return "default" if place is Place.WIDE else place


@contextlib.asynccontextmanager
async def on_server(directory: Path, server: Server) -> AsyncGenerator[TemporalInstallation]:
    """An installation in `directory`, which is made, with a database of its own."""
    name = f"conformance_{uuid.uuid4().hex[:12]}"
    async with contextlib.AsyncExitStack() as stack:
        url = server.make(name)
        stack.callback(server.drop, name)
        installation = TemporalInstallation(Cluster(directory))
        await installation.open(stack, url)
        yield installation


@contextlib.asynccontextmanager
async def temporal_installation(directory: Path) -> AsyncGenerator[TemporalInstallation]:
    """The same with a PostgreSQL of its own."""
    with postgresql_server(uuid.uuid4().hex[:12]) as server:
        async with on_server(directory, server) as installation:
            yield installation
