"""The Temporal cluster of a control process: reached however long that takes, and watched then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio.client import Client

from tasktrail.config import TemporalServer
from tasktrail.engine.temporal.connection import namespace_id, open_client
from tasktrail.engine.temporal.control_side import ControlSide
from tasktrail.errors import RefusedError, ServerUnreachableError, StoreUnavailableError

LOOK_EVERY = 2.0
"""Seconds from one look at the cluster to the next, or from one try to reach it."""

_PATIENCE = timedelta(seconds=5)
"""How long a cluster that was reached may take to answer before it counts as away."""

_log = logging.getLogger(__name__)


class Cluster:
    """Has a control process work with the cluster from when it first answers.

    `entered` is given what tells its namespace from every other one, at first and whenever it is
    another one: a cluster may be set up anew meanwhile. `begin` is given its client. `problem` says
    why tasks that are accepted wait at the moment; it is None while workflows are run.
    """

    def __init__(
        self,
        server: TemporalServer,
        payload_key: bytes,
        entered: Callable[[str], Awaitable[None]],
        begin: Callable[[Client], ControlSide],
    ) -> None:
        self._server = server
        self._payload_key = payload_key
        self._entered = entered
        self._begin_with = begin
        self._client: Client | None = None
        self._control: ControlSide | None = None
        self._namespace: str | None = None
        self._told: type[Exception] | None = None
        """The kind of the problem that was told last: its words may be others at every look."""
        self.problem: str | None = None

    async def reach(self) -> None:
        """Begin to work with it if it answers; if it does not, that is left to `watch`.

        Raises:
            RefusedError: it answers, but not to these settings, or they cannot be used.
            StoreUnavailableError: the records do not answer.
        """
        try:
            await self._begin()
        except ServerUnreachableError as error:
            self._is(error.message, type(error))

    async def watch(self) -> None:
        """Reach it, if that is still to be done, and keep an eye on it, again and again."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await (self._begin() if self._client is None else self._look(self._client))
            except (RefusedError, StoreUnavailableError) as error:
                self._is(str(error), type(error))
            except Exception as error:  # noqa: BLE001 - without it, nobody would try again
                _log.exception("the Temporal cluster was not looked at")
                self._is(f"a defect: {error!r}", type(error))
            else:
                self._is(None if self._control is None else self._control.problem)

    async def stop(self) -> None:
        """See `ControlSide.stop`."""
        if self._control is not None:
            await self._control.stop()

    async def _begin(self) -> None:
        client = await open_client(self._server, self._payload_key)
        await self._look(client)
        self._control = self._begin_with(client)
        self._client = client

    async def _look(self, client: Client) -> None:
        found = await namespace_id(client, self._server, _PATIENCE)
        if found != self._namespace:
            await self._entered(found)
            self._namespace = found

    def _is(self, problem: str | None, kind: type[Exception] | None = None) -> None:
        if problem is not None and (self.problem is None or kind is not self._told):
            self._told = kind
            _log.warning("accepted tasks wait: %s", problem)
        if problem is None and self.problem is not None:
            _log.info("the Temporal server at %s answers", self._server.address)
        self.problem = problem
