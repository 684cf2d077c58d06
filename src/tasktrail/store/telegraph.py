"""Words between the processes that work on a PostgreSQL database: who hears one looks for itself.

They are sent after the transaction that they are about, many at once: to send each in its
transaction would have the database commit one after another. A word may be lost with its sender, or
with a connection. A receiver that may have missed some is told so, and the engine looks at every
task that was changed in any case, and says so once more.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress

from psycopg import AsyncConnection, Error
from sqlalchemy.engine import make_url

from tasktrail.errors import StoreUnavailableError
from tasktrail.store.store import Store
from tasktrail.store.transaction import Transaction

_LISTEN = "LISTEN tasktrail"
_NOTIFY = "SELECT pg_notify('tasktrail', message) FROM unnest(%s::text[]) AS message"
_LONGEST = 7000
"""Characters of a message: PostgreSQL takes less than 8,000 bytes, and words are ASCII."""

_GATHERING = 0.01
"""Seconds in which words gather before they are sent: each sending is a transaction."""

_BETWEEN = 0.1
"""Seconds between two sendings while there is much to be said."""

_BEFORE_NEXT_TRY = 0.5

_log = logging.getLogger(__name__)


class Telegraph:
    """Sends words to all other processes, and hears theirs."""

    def __init__(self, store: Store, url: str) -> None:
        self._store = store
        self._url = make_url(url).set(drivername="postgresql")
        self._own = secrets.token_hex(4)
        """How this process begins its messages, so that it need not hear them."""
        self._words: dict[str, None] = {}
        self._sending: asyncio.Task[None] | None = None
        self._next = 0.0
        """The earliest time of the next sending, by the clock of the event loop."""

    def send(self, word: str) -> None:
        """Tell all others, in a moment; a word must hold no space."""
        self._words[word] = None
        if self._sending is None:
            self._sending = asyncio.ensure_future(self._send_all())

    async def listen(self, heard: Callable[[str], None], missed: Callable[[], None]) -> None:
        """Tell `heard` of each word that others say, for as long as this runs, and `missed` when
        some may have been lost, such as before it began."""
        while True:
            try:
                await self._listen_once(heard, missed)
            except (Error, OSError) as error:
                _log.warning("other processes are not heard: %s", str(error).strip())
            await asyncio.sleep(_BEFORE_NEXT_TRY)

    async def aclose(self) -> None:
        """Send what is left to be said."""
        if self._sending is not None:
            await asyncio.wait([self._sending])

    async def _listen_once(self, heard: Callable[[str], None], missed: Callable[[], None]) -> None:
        address = self._url.render_as_string(hide_password=False)
        connecting = AsyncConnection.connect(
            address,
            autocommit=True,
            keepalives_idle=5,
            keepalives_interval=2,
            keepalives_count=3,
        )
        async with await connecting as connection:
            await connection.execute(_LISTEN)
            missed()
            async for message in connection.notifies():
                sender, *words = message.payload.split(" ")
                if sender != self._own:
                    for word in words:
                        heard(word)

    async def _send_all(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._words:
                await asyncio.sleep(max(_GATHERING, self._next - loop.time()))
                self._next = loop.time() + _BETWEEN
                words, self._words = self._words, {}
                messages = [f"{self._own} {text}" for text in _joined(words)]
                with suppress(StoreUnavailableError):
                    await self._notify(messages)
        finally:
            self._sending = None

    async def _notify(self, messages: list[str]) -> None:
        def notify(transaction: Transaction) -> None:
            transaction.connection.exec_driver_sql(_NOTIFY, (messages,))

        await self._store.write(notify)


def _joined(words: Iterable[str]) -> list[str]:
    """As few texts as hold them all."""
    texts: list[str] = []
    for word in words:
        if texts and len(texts[-1]) + len(word) < _LONGEST:
            texts[-1] += f" {word}"
        else:
            texts.append(word)
    return texts
