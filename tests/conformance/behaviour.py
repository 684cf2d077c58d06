"""A behaviour that every engine must have, played by real processes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.installation import Place
from conformance.site import Site

Play = Callable[[Site], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Fails by raising. `name` is what `docs/conformance.md` calls it by."""

    name: str
    place: Place
    play: Play


BEHAVIOURS: dict[str, Behaviour] = {}
"""All there are, by name, once `conformance.suite` is loaded."""


def behaviour(place: Place = Place.WIDE) -> Callable[[Play], Play]:
    """Enter a function as the behaviour that it is named after."""

    def enter(play: Play) -> Play:
        name = getattr(play, "__name__", "")
        assert name not in BEHAVIOURS, f"two behaviours are called {name}"
        BEHAVIOURS[name] = Behaviour(name, place, play)
        return play

    return enter
