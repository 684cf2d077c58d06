"""Everything that runs: PostgreSQL, Temporal, two control processes, four workers."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from uuid import uuid4

from balancer import Balancer

from cluster.cluster import Cluster, Control
from cluster.program import Program
from contract.deaf_proxy import DeafProxy, deaf_proxy
from contract.postgresql_server import Server, postgresql_server
from tasktrail.client import connect
from tasktrail.local.client import Client

CONTROLS = 2
WORKERS = 4
_SLOTS = 6

LONGEST_START = 180.0
"""Seconds that anything may take to start, or to come back. On an idle machine it takes three;
beside others, and while what it needs is away, many times that."""


class Stage:
    """Starts everything in `directory`. `url` is the API, whichever control process answers."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.proxies: list[DeafProxy] = []
        self.server: Server
        self.cluster: Cluster
        self.client: Client
        self.database = ""

    @property
    def controls(self) -> list[Control]:
        """The control processes."""
        return self.cluster.controls

    @property
    def workers(self) -> list[Program]:
        """The workers."""
        return list(self.cluster.workers.values())

    async def open(self, stack: contextlib.AsyncExitStack) -> None:
        """Start, until `stack` is left."""
        self.server = stack.enter_context(postgresql_server(uuid4().hex[:12]))
        self.database = self.server.make("chaos")
        self.cluster = Cluster(self.directory / "cluster", durable=True)
        stack.callback(self.cluster.kill)
        await self.cluster.temporal.program.start(LONGEST_START)
        for number in range(CONTROLS):
            # Each has a way of its own to the database, which can be cut.
            proxy, url = stack.enter_context(
                deaf_proxy(self.database, self.directory / f"socket-{number}")
            )
            self.proxies.append(proxy)
            await self.cluster.control(url, "grace = 0.3\n").program.start(LONGEST_START)
        balancer = Balancer([control.url for control in self.controls])
        await balancer.start()
        stack.callback(balancer.close)
        key = await self.cluster.owner_key()
        self.client = await stack.enter_async_context(connect(balancer.url, key))
        for number in range(WORKERS):
            await self.cluster.worker(f"{number}", "default", _SLOTS, balancer.url)
        await asyncio.gather(*(worker.start(LONGEST_START) for worker in self.workers))

    async def leave(self) -> None:
        """Let everything leave in order, workers first."""
        await asyncio.gather(*(worker.stop() for worker in self.workers))
        await asyncio.gather(*(control.program.stop() for control in self.controls))
        await self.cluster.temporal.program.stop()
