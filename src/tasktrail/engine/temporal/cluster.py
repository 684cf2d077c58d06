"""The Temporal cluster of a control process: reached however long that takes, and watched then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio.client import Client

from tasktrail.config import TemporalServer
from tasktrail.engine.temporal.connection import connect, namespace_id
from tasktrail.engine.temporal.control_side import ControlSide
from tasktrail.errors import RefusedError, ServerUnreachableError, StoreUnavailableError

LOOK_EVERY = 2.0
"""Seconds from one look at the cluster to the next, or from one try to reach it."""

_PATIENCE = timedelta(seconds=5)
"""How long a cluster that was reached may take to answer before it counts as away."""

_log = logging.getLogger(__name__)


class Cluster:
    """Has a control process work with the cluster from when it first answers.

    `begin` is given its client. `problem` says why tasks that are accepted wait at the moment; it
    is None while the cluster answers.
    """

    def __init__(
        self,
        server: TemporalServer,
        payload_key: bytes,
        begin: Callable[[Client], Awaitable[ControlSide]],
    ) -> None:
        self._server = server
        self._payload_key = payload_key
        self._begin_with = begin
        self._client: Client | None = None
        self._control: ControlSide | None = None
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
            self.problem = error.message

    async def watch(self) -> None:
        """Reach it, if that is still to be done, and keep an eye on it, again and again."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                if self._client is None:
                    await self._begin()
                else:
                    await namespace_id(self._client, self._server, _PATIENCE)
            except (RefusedError, StoreUnavailableError) as error:
                self._is(str(error))
            except Exception as error:  # noqa: BLE001 - without it, nobody would try again
                _log.exception("the Temporal cluster was not looked at")
                self._is(f"a defect: {error!r}")
            else:
                self._is(None)

    async def stop(self) -> None:
        """See `ControlSide.stop`."""
        if self._control is not None:
            await self._control.stop()

    async def _begin(self) -> None:
        client = await connect(self._server, self._payload_key)
        self._control = await self._begin_with(client)
        self._client = client

    def _is(self, problem: str | None) -> None:
        if problem is not None and self.problem is None:
            _log.warning("accepted tasks wait: %s", problem)
        if problem is None and self.problem is not None:
            _log.info("the Temporal server at %s answers", self._server.address)
        self.problem = problem
