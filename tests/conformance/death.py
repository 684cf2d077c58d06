"""One death of a worker, which several behaviours are about."""

from __future__ import annotations

import asyncio

from conformance.installation import Installation


class Death:
    """Comes when everybody of `mortals` (the names of behaviours) waits for it, and once."""

    def __init__(self, installation: Installation, mortals: set[str]) -> None:
        self._installation = installation
        self._awaited = mortals
        self._waiting: set[str] = set()
        self._late: set[str] = set()
        self._changed = asyncio.Condition()
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def come(self) -> None:
        """Kill the worker when that is expected, and start it again."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._waiting >= self._awaited)
        try:
            await self._installation.lose_worker()
        except Exception as error:  # noqa: BLE001 - those who wait are told
            self._over.set_exception(error)
        else:
            self._over.set_result(None)

    async def wait(self, name: str) -> None:
        """Say that `name` is ready; return when the worker works again.

        Raises whatever kept it from coming back.
        """
        async with self._changed:
            self._waiting.add(name)
            self._changed.notify_all()
        await asyncio.shield(self._over)

    async def others_wait(self, name: str) -> None:
        """Return when everybody waits but those who wait here."""
        async with self._changed:
            self._late.add(name)
            self._changed.notify_all()
            await self._changed.wait_for(lambda: self._waiting | self._late >= self._awaited)

    async def spare(self, name: str) -> None:
        """`name` will not wait for it, or has done so."""
        async with self._changed:
            self._awaited.discard(name)
            self._changed.notify_all()
