"""On which track the links between two layers run.

Targets that need exactly the same sources share one *bus*: lines from the sources lead to a track
across the channel, and lines lead on from there to the targets. Read along the direction of the
arrows, such a drawing must never show a dependency that does not exist:

- a line that ends in a bus with other sources must not go on behind it, so the bus that a source
  shares comes after the bus that it has alone, and a source can share only one;
- where a source and a target lie on one lane, the source's line must end before the target's
  begins, unless they belong together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from tasktrail.cli.graph_order import Spot


class NotDrawableError(Exception):
    """No order of the tracks shows these links truthfully."""


@dataclass(frozen=True, slots=True)
class Bus:
    """All `sources` lead to all `targets`."""

    sources: tuple[Spot, ...]
    targets: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """The buses between two layers, each with its track (from 0); None for a straight line."""

    tracks: dict[Bus, int | None]

    @property
    def width(self) -> int:
        """How many tracks there are."""
        return max((t + 1 for t in self.tracks.values() if t is not None), default=0)


def route(links: Sequence[tuple[Spot, Spot]], lane: Mapping[Spot, int]) -> Channel:
    """The buses of `links`, with tracks that keep to the rules above.

    `lane` is where each spot lies across the direction of the arrows.

    Raises:
        NotDrawableError: there is no such order.
    """
    buses = _buses(links)
    order = _order(buses, lane)
    tracks: dict[Bus, int | None] = {}
    for bus in order:
        lanes = {lane[spot] for spot in (*bus.sources, *bus.targets)}
        tracks[bus] = None if len(lanes) == 1 else sum(t is not None for t in tracks.values())
    return Channel(tracks)


def _buses(links: Sequence[tuple[Spot, Spot]]) -> list[Bus]:
    sources: dict[Spot, list[Spot]] = {}
    for source, target in links:
        sources.setdefault(target, []).append(source)
    targets: dict[frozenset[Spot], list[Spot]] = {}
    for target, its_sources in sources.items():
        targets.setdefault(frozenset(its_sources), []).append(target)
    return [Bus(tuple(sources[group[0]]), tuple(group)) for group in targets.values()]


def _order(buses: Sequence[Bus], lane: Mapping[Spot, int]) -> list[Bus]:
    before: dict[Bus, set[Bus]] = {bus: set() for bus in buses}
    for source in {spot for bus in buses for spot in bus.sources}:
        own = [bus for bus in buses if source in bus.sources]
        shared = [bus for bus in own if len(bus.sources) > 1]
        if len(shared) > 1:
            raise NotDrawableError
        for bus in shared:
            before[bus].update(alone for alone in own if alone is not bus)
        for bus in buses:
            if any(lane[target] == lane[source] for target in bus.targets):
                before[bus].update(mine for mine in own if mine is not bus)
    try:
        return list(TopologicalSorter(before).static_order())
    except CycleError as error:
        raise NotDrawableError from error
