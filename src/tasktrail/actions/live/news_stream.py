"""All tasks as they go on, for one follower: first what it has missed, then what is published."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager

from tasktrail.actions.live.channels import Channels
from tasktrail.actions.live.event_text import OPENING
from tasktrail.actions.live.follower import Follower
from tasktrail.actions.live.news_desk import NewsDesk
from tasktrail.actions.live.news_event import news_events, settled_views
from tasktrail.actions.live.news_position import NewsPosition, read_news_position
from tasktrail.actions.live.news_wire import NewsWire
from tasktrail.actions.live.newsroom import Newsroom
from tasktrail.actions.live.outlet import Pace
from tasktrail.actions.live.viewpoint import Viewpoint, horizon_of
from tasktrail.model.access import Actor
from tasktrail.store.store import Connection, Store
from tasktrail.store.task_news import changed_between, last_changes, live_tasks
from tasktrail.store.visibility import sight_of

_ENTRIES = 2000
"""Entries of histories that are looked at at once."""

_TASKS = 100
"""Tasks that are read at once."""


class NewsStreams:
    """Streams of all tasks; what is alike is done once."""

    def __init__(self, store: Store, wire: NewsWire, pace: Pace) -> None:
        self.store = store
        self._wire = wire
        self._pace = pace
        self._rooms: Channels[None, Newsroom] = Channels()
        self._desks: Channels[Viewpoint, NewsDesk] = Channels()

    @property
    def channel_count(self) -> int:
        """How many different things are followed."""
        return len(self._desks)

    def open(self, actor: Actor, position: str = "") -> NewsStream:
        """The stream of what `actor` sees, after the event with the id `position`."""
        return NewsStream(self, actor, read_news_position(position))

    @asynccontextmanager
    async def join(self, viewpoint: Viewpoint, actor: Actor) -> AsyncGenerator[NewsDesk]:
        """Where what is seen from `viewpoint` is published."""
        async with (
            self._rooms.join(None, lambda: Newsroom(self.store, self._wire)) as room,
            self._desks.join(viewpoint, lambda: NewsDesk(self._pace, actor)) as desk,
        ):
            await room.add(desk)
            await room.opened()
            yield desk


class NewsStream:
    """The tasks that somebody follows."""

    def __init__(self, streams: NewsStreams, actor: Actor, position: NewsPosition | None) -> None:
        self._streams = streams
        self._store = streams.store
        self._actor = actor
        self._viewpoint = horizon_of(actor)
        self._position = position

    def permits(self, actor: Actor) -> bool:
        """Whether `actor` sees what the follower saw when the stream was opened."""
        return horizon_of(actor) == self._viewpoint

    async def events(self) -> AsyncGenerator[bytes]:
        """Everything after the position, encoded; without one the tasks that run, and then what
        changes. It ends when the follower is dropped, or when the store does not answer."""
        yield OPENING
        async with self._streams.join(self._viewpoint, self._actor) as desk:
            newest = await self._store.settled_event()
            position = self._position or NewsPosition(0, newest)
            async for text in self._running(position):
                yield text
            reached = min(position.since, newest)
            while newest - reached > _ENTRIES:
                yield await self._changes(reached, reached + _ENTRIES)
                reached += _ENTRIES
                newest = await self._store.settled_event()
            follower = Follower()
            desk.follow(follower)
            try:
                newest = await self._store.settled_event()
                yield await self._changes(reached, newest)
                follower.known = newest
                async with aclosing(follower.taken()) as texts:
                    async for text in texts:
                        yield text
            finally:
                desk.unfollow(follower)

    async def _running(self, position: NewsPosition) -> AsyncGenerator[bytes]:
        """The tasks that run, as far as they were not told."""
        if position.reached >= position.since:
            return

        def query(connection: Connection) -> dict[int, int]:
            return last_changes(connection, live_tasks(connection, sight_of(self._actor)))

        found = await self._store.read(query)
        # What has changed meanwhile comes with the changes.
        left = [one for one, at in found.items() if position.reached < at <= position.since]
        left.sort(key=lambda one: found[one])
        for start in range(0, len(left), _TASKS):
            some = {one: found[one] for one in left[start : start + _TASKS]}
            yield await self._told(some, position.since)

    async def _changes(self, after: int, until: int) -> bytes:
        """What has changed between two entries, as far as nothing followed."""
        changed = await self._store.read(lambda one: changed_between(one, after, until))
        return await self._told(changed)

    async def _told(self, changed: Mapping[int, int], since: int = 0) -> bytes:
        def query(connection: Connection) -> bytes:
            views = settled_views(connection, changed)
            events = news_events(connection, self._actor, views, changed, since)
            return b"".join([event.text for event in events])

        return await self._store.read(query)
