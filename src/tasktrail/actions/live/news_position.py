"""How far somebody has followed all tasks."""

from __future__ import annotations

import re
from typing import NamedTuple

_TEXT = re.compile(r"1\.([0-9]{1,18})(?:-([0-9]{1,18}))?")


class NewsPosition(NamedTuple):
    """A place in the stream of all tasks.

    Every task is told of with the last entry of its history, in the order of these, so that the
    last one that was told says what is still to come. At first the tasks are told that run at the
    entry `since`; while that is not over, `reached` is less.
    """

    reached: int
    since: int

    @property
    def text(self) -> str:
        """The place as the id of an event."""
        tail = f"-{self.since}" if self.reached < self.since else ""
        return f"1.{self.reached}{tail}"


def read_news_position(text: str) -> NewsPosition | None:
    """The place that an id of an event names; None if it names none."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    reached = int(found[1])
    return NewsPosition(reached, max(reached, int(found[2] or 0)))
