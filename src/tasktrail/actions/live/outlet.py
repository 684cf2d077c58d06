"""Publishes events to all who follow the same thing, at a pace that leaves time for others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tasktrail.actions.live.event_text import HEARTBEAT
from tasktrail.actions.live.follower import Event, Follower, Publication

BETWEEN_HEARTBEATS = 15.0
"""Seconds of silence after which a sign of life is sent."""

_AT_ONCE = 50
"""Followers that are woken before others have their turn."""


class Pace:
    """How long outlets pause after they have published.

    To send something to one follower takes a part of a millisecond, so the pause grows with the
    number of all that there are: about half of the time is left to everything else.
    """

    def __init__(self, *, shortest: float = 0.01, per_follower: float = 0.00005) -> None:
        self._shortest = shortest
        self._per_follower = per_follower
        self.followers = 0

    @property
    def pause(self) -> float:
        """Seconds."""
        return max(self._shortest, self._per_follower * self.followers)


class Outlet:
    """What is added goes to all followers; what comes within one pause, in one piece.

    `published` is called as events leave: who follows from that moment on gets what comes after
    them.
    """

    def __init__(self, pace: Pace, published: Callable[[], None]) -> None:
        self._pace = pace
        self._published = published
        self._followers: set[Follower] = set()
        self._events: list[Event] = []
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._finishing = False

    def follow(self, follower: Follower) -> None:
        """Publish to `follower`, too."""
        self._followers.add(follower)
        self._pace.followers += 1

    def unfollow(self, follower: Follower) -> None:
        """Publish to it no more."""
        self._followers.remove(follower)
        self._pace.followers -= 1

    def add(self, *events: Event) -> None:
        """Publish these, soon."""
        self._events += events
        self._filled.set()

    async def emptied(self) -> None:
        """Return when what was added is published."""
        if self._events:
            await self._emptied.wait()

    def finish(self) -> None:
        """Nothing comes any more after what was added."""
        self._finishing = True
        self._filled.set()

    def drop_all(self) -> None:
        """Nothing comes any more, not even what was added."""
        for follower in self._followers:
            follower.finish()

    async def run(self) -> None:
        """Publish until the end."""
        while True:
            await self._wait_filled()
            await self._publish()
            if self._finishing and not self._events:
                self.drop_all()
                return
            await asyncio.sleep(self._pace.pause)

    async def _wait_filled(self) -> None:
        try:
            async with asyncio.timeout(BETWEEN_HEARTBEATS):
                await self._filled.wait()
        except TimeoutError:
            self._events.append(Event(HEARTBEAT))

    async def _publish(self) -> None:
        followers = tuple(self._followers)
        publication = Publication(self._events)
        self._events.clear()
        self._filled.clear()
        self._published()
        emptied, self._emptied = self._emptied, asyncio.Event()
        emptied.set()
        for start in range(0, len(followers), _AT_ONCE):
            for follower in followers[start : start + _AT_ONCE]:
                follower.offer(publication)
            await asyncio.sleep(0)
