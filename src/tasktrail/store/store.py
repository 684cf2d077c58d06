"""What every store can do, whatever database is behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from tasktrail.store.transaction import Transaction

# Who passes a query on names the connection by this name, and cannot make statements with it.
__all__ = ["Connection", "Store"]

T = TypeVar("T")


class Store(Protocol):
    """Keeps the records. Both calls leave the event loop free."""

    async def write(
        self, work: Callable[[Transaction], T], told: Callable[[T], None] | None = None
    ) -> T:
        """Do `work` in one transaction; returns its result once that is durable.

        `work` may be done again from the start when the database asks for it, so it must have no
        effect beside the transaction. `told` gets the result in the event loop, at once, in the
        order of the commits, and also when the caller is canceled meanwhile (a client that hangs
        up): what is durable has to be carried out.

        Raises:
            StoreUnavailableError: the database did not take it; nothing was kept.
            Exception: whatever `work` raises; nothing was kept.
        """
        ...

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Ask `query` of a read-only connection that sees what was committed.

        Raises:
            StoreUnavailableError: the database did not answer.
        """
        ...

    async def settled_event(self) -> int:
        """The id of the newest entry of all histories (0: there is none), once every entry before
        it can be read that ever will be.

        Raises:
            StoreUnavailableError: the database did not answer.
        """
        ...

    async def aclose(self) -> None:
        """Finish what was begun and let go of the database."""
        ...
