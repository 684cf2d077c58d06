"""Somebody who follows something: what was published and is not sent yet."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from typing import NamedTuple

MOST_WAITING = 1024 * 1024
"""Bytes that may wait for a follower, beside what its connection holds."""

_AT_ONCE = 64 * 1024


class Event(NamedTuple):
    """An event, encoded. Events with a `mark` are left out for those who know it already."""

    text: bytes
    mark: int = 0


class Publication:
    """Events that are published at one time, put together once for everybody."""

    __slots__ = ("events", "lowest", "text")

    def __init__(self, events: Iterable[Event]) -> None:
        self.events = tuple(events)
        self.text = b"".join([event.text for event in self.events])
        self.lowest = min((event.mark for event in self.events if event.mark), default=None)


class Follower:
    """Takes what is published. Nobody waits for it: one that is too slow is dropped.

    What has a mark of `known` or less it knows already: that is left out as it is taken.
    """

    def __init__(self, known: int = 0) -> None:
        self.known = known
        self._waiting: deque[Publication] = deque()
        self._size = 0
        self._ready = asyncio.Event()
        self._finished = False
        self.dropped = False

    def offer(self, publication: Publication) -> None:
        """Have it sent, or drop who has not even taken what came before."""
        if self._finished:
            return
        self._size += len(publication.text)
        if self._waiting and self._size > MOST_WAITING:
            self.dropped = True
            self._waiting.clear()
            self._size = 0
            self.finish()
            return
        self._waiting.append(publication)
        self._ready.set()

    def finish(self) -> None:
        """Nothing comes any more after what waits."""
        self._finished = True
        self._ready.set()

    async def taken(self) -> AsyncGenerator[bytes]:
        """What is published, all that waits at once, until nothing comes any more."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            while self._waiting:
                if text := self._next():
                    yield text
            if self._finished and not self._waiting:
                return

    def _next(self) -> bytes:
        """What waits, as much as a connection takes at once."""
        texts: list[bytes] = []
        size = 0
        while self._waiting and size < _AT_ONCE:
            publication = self._waiting.popleft()
            self._size -= len(publication.text)
            texts.append(self._new(publication))
            size += len(publication.text)
        return texts[0] if len(texts) == 1 else b"".join(texts)

    def _new(self, publication: Publication) -> bytes:
        if publication.lowest is None or publication.lowest > self.known:
            return publication.text
        return b"".join([one.text for one in publication.events if not 0 < one.mark <= self.known])
