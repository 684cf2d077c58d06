"""Takes what a Temporal cluster has for this process, whatever happens to the cluster meanwhile."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable

from temporalio.client import Client
from temporalio.worker import Worker

from tasktrail.errors import RefusedError

BEFORE_NEXT_TRY = 2.0

_MESSAGE = re.compile(r'message: "([^"]*)"')
"""What a server said, in what the core of the SDK makes of it."""

_LONGEST_REASON = 300

_log = logging.getLogger(__name__)


class Polling:
    """Has a worker of the SDK at work until it is canceled: one after another, where a namespace is
    away for a while, say.

    Each has a connection of its own, the first one `client`: the SDK has a connection remember a
    worker that came to nothing, and refuses every other one there. `missing` says what is not done
    while none works, such as "no jobs are taken".
    """

    def __init__(
        self,
        client: Client,
        connect: Callable[[], Awaitable[Client]],
        new_worker: Callable[[Client], Worker],
        missing: str,
    ) -> None:
        self._client = client
        self._connect = connect
        self._new_worker = new_worker
        self._missing = missing
        self._worker: Worker | None = None
        self._reason: str | None = None
        self._told: str | None = None

    @property
    def problem(self) -> str | None:
        """Why nothing is taken at the moment; None while something is, or is about to be."""
        if self._reason is None or (self._worker is not None and self._worker.is_running):
            return None
        return f"{self._missing}: {self._reason}"

    async def run(self) -> None:
        """Work, and begin anew whenever that ends."""
        client = self._client
        while True:
            try:
                self._worker = self._new_worker(client)
                await self._worker.run()
            except Exception as error:  # noqa: BLE001 - whatever it was may pass
                self._tell(_reason(error))
                _log.debug("a worker of the SDK has ended", exc_info=error)
            client = await self._reconnected()

    async def _reconnected(self) -> Client:
        """Another connection, as soon as the namespace can be used."""
        while True:
            await asyncio.sleep(BEFORE_NEXT_TRY)
            try:
                client = await self._connect()
            except RefusedError as error:
                self._tell(error.message)
            except Exception as error:  # noqa: BLE001 - without it, nobody would try again
                self._tell(f"a defect: {error!r}")
            else:
                self._told = None
                _log.info("the namespace %s can be used again", client.namespace)
                return client

    def _tell(self, reason: str) -> None:
        self._reason = reason
        if reason != self._told:
            self._told = reason
            _log.warning("%s for the moment: %s", self._missing, reason)


def _reason(error: BaseException) -> str:
    """The first cause, in one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    text = str(error) or type(error).__name__
    found = _MESSAGE.search(text)
    return found[1] if found else text.partition("\n")[0][:_LONGEST_REASON]
