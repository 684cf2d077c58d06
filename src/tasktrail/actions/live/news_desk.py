"""What becomes of all tasks, as all see it who see the same."""

from __future__ import annotations

from collections.abc import Iterable

from tasktrail.actions.live.follower import Event, Follower
from tasktrail.actions.live.outlet import Outlet, Pace
from tasktrail.model.access import Actor


class NewsDesk:
    """Publishes what the newsroom has for those who see what `actor` sees."""

    def __init__(self, pace: Pace, actor: Actor) -> None:
        self.actor = actor
        self._outlet = Outlet(pace, lambda: None)
        self._dropped = False

    def add(self, events: Iterable[Event]) -> None:
        """Publish these."""
        self._outlet.add(*events)

    def follow(self, follower: Follower) -> None:
        """Publish to `follower`, too."""
        self._outlet.follow(follower)
        if self._dropped:
            follower.finish()

    def unfollow(self, follower: Follower) -> None:
        """Publish to it no more."""
        self._outlet.unfollow(follower)

    async def run(self) -> None:
        """See `Channel`."""
        await self._outlet.run()

    def drop_all(self) -> None:
        """See `Channel`."""
        self._dropped = True
        self._outlet.drop_all()
