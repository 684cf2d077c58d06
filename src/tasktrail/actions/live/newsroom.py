"""What becomes of all tasks: looked up once, for all who follow them."""

from __future__ import annotations

import asyncio

from tasktrail.actions.live.follower import Event
from tasktrail.actions.live.news_desk import NewsDesk
from tasktrail.actions.live.news_event import news_events, settled_views
from tasktrail.actions.live.news_wire import NewsWire
from tasktrail.actions.live.rest import rest_after
from tasktrail.store.store import Connection, Store
from tasktrail.store.task_news import changed_between

BETWEEN_LOOKS = 0.1
"""Seconds at least; what changes faster is told as one."""

_ENTRIES = 2000
"""Entries of histories that are looked at at once."""


class Newsroom:
    """Looks at what has changed, and gives it to all desks."""

    def __init__(self, store: Store, wire: NewsWire) -> None:
        self._store = store
        self._wire = wire
        self._desks: set[NewsDesk] = set()
        self._reached = 0
        self._opened = asyncio.Event()
        self._looking = asyncio.Lock()
        """Who comes while it looks would miss what it finds."""
        self._dropped = False

    async def opened(self) -> None:
        """Return once every change from now on is told, or none ever will be."""
        await self._opened.wait()

    async def add(self, desk: NewsDesk) -> None:
        """Tell `desk` of what changes from now on."""
        async with self._looking:
            self._desks.add(desk)
        if self._dropped:
            desk.drop_all()

    def remove(self, desk: NewsDesk) -> None:
        """Tell it no more."""
        self._desks.discard(desk)

    def drop_all(self) -> None:
        """See `Channel`."""
        self._dropped = True
        self._opened.set()
        for desk in self._desks:
            desk.drop_all()

    async def run(self) -> None:
        """See `Channel`."""
        with self._wire.changes() as changed:
            self._reached = await self._store.settled_event()
            self._opened.set()
            now = asyncio.get_running_loop().time
            while True:
                await changed.wait()
                began = now()
                changed.clear()
                more = True
                while more:
                    async with self._looking:
                        more = await self._look()
                await asyncio.sleep(max(BETWEEN_LOOKS, rest_after(now() - began)))

    async def _look(self) -> bool:
        """Tell what has changed; whether there is more."""
        newest = await self._store.settled_event()
        until = min(newest, self._reached + _ENTRIES)
        desks = tuple(self._desks)

        def query(connection: Connection) -> list[list[Event]]:
            changed = changed_between(connection, self._reached, until)
            views = settled_views(connection, changed)
            return [news_events(connection, desk.actor, views, changed) for desk in desks]

        news = await self._store.read(query)
        self._reached = until
        for desk, events in zip(desks, news, strict=True):
            desk.add(events)
        return until < newest
