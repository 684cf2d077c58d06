"""What happened, one line each; for whoever replays a seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable


class Trace:
    """Counts what is met, and where somebody listens also tells it."""

    def __init__(self, tell: Callable[[str], None] | None = None) -> None:
        self.met: Counter[str] = Counter()
        self.time: Callable[[], float] = lambda: 0.0
        self._tell = tell

    def say(self, text: str, *about: object) -> None:
        """Tell something, with `about` for the `{}` of it."""
        if self._tell is not None:
            self._tell(f"{self.time():12.6f}  {text.format(*about)}")

    def meet(self, what: str) -> None:
        """Count something that a campaign wants to have met."""
        self.met[what] += 1
