"""In which layer of a drawing each job stands, and in which order within it.

The layers of a graph are found by longest path. An edge that skips layers is carried through them
by passing lines, so that afterwards every link joins two neighbouring layers. Edges that say
nothing new (`a -> c` beside `a -> b -> c`) are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_SWEEPS = 4


@dataclass(frozen=True, slots=True)
class Spot:
    """A job in its layer, or with `passing` the line of an edge that only goes through it."""

    name: str
    layer: int
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Layers:
    """`rows[k]` holds the spots of layer k in order; `links[k]` joins rows k and k + 1."""

    rows: list[list[Spot]] = field(default_factory=list[list[Spot]])
    links: list[list[tuple[Spot, Spot]]] = field(default_factory=list[list[tuple[Spot, Spot]]])


def layers_of(needs: Mapping[str, Sequence[str]]) -> Layers:
    """The layers of the graph in which each job comes after those that it `needs`.

    What it needs and is not among the keys is ignored, and so is the rest of a cycle.
    """
    ordered = topological(needs)
    parents = _essential({name: [n for n in needs[name] if n in needs] for name in ordered})
    depth: dict[str, int] = {}
    for name in ordered:
        depth[name] = 1 + max((depth.get(parent, -1) for parent in parents[name]), default=-1)
    layers = Layers(
        rows=[[] for _ in range(max(depth.values(), default=-1) + 1)],
        links=[[] for _ in range(max(depth.values(), default=0))],
    )
    for name in ordered:
        layers.rows[depth[name]].append(Spot(name, depth[name]))
    for name in ordered:
        for parent in parents[name]:
            _link(layers, Spot(parent, depth[parent]), Spot(name, depth[name]))
    _uncross(layers)
    return layers


def topological(needs: Mapping[str, Sequence[str]]) -> list[str]:
    """The names, each after those that it needs, otherwise in their given order."""
    ordered: dict[str, None] = {}
    waiting = list(needs)
    while waiting:
        ready = [n for n in waiting if all(p in ordered or p not in needs for p in needs[n])]
        for name in ready or waiting[:1]:
            ordered[name] = None
        waiting = [name for name in waiting if name not in ordered]
    return list(ordered)


def _essential(parents: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    above: dict[str, set[str]] = {}
    for name, direct in parents.items():
        above[name] = {far for parent in direct for far in above.get(parent, set())} | set(direct)
    return {
        name: [
            parent
            for parent in dict.fromkeys(direct)
            if not any(parent in above.get(other, set()) for other in direct if other != parent)
        ]
        for name, direct in parents.items()
    }


def _link(layers: Layers, start: Spot, end: Spot) -> None:
    """Join two spots, sharing the passing lines of one source."""
    here = start
    for layer in range(start.layer + 1, end.layer):
        there = Spot(start.name, layer, passing=True)
        if there not in layers.rows[layer]:
            layers.rows[layer].append(there)
        if (here, there) not in layers.links[layer - 1]:
            layers.links[layer - 1].append((here, there))
        here = there
    if here.layer < end.layer:
        layers.links[end.layer - 1].append((here, end))


def _uncross(layers: Layers) -> None:
    """Order each layer by the mean place of its neighbours, downwards and upwards in turn."""
    best, fewest = [list(row) for row in layers.rows], crossings(layers)
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        numbers = range(1, len(layers.rows)) if downwards else range(len(layers.rows) - 2, -1, -1)
        for number in numbers:
            _sort_by_neighbours(layers, number, downwards=downwards)
        if (count := crossings(layers)) < fewest:
            best, fewest = [list(row) for row in layers.rows], count
    layers.rows[:] = best


def _sort_by_neighbours(layers: Layers, number: int, *, downwards: bool) -> None:
    other = layers.rows[number - 1 if downwards else number + 1]
    place = {spot: index for index, spot in enumerate(other)}
    links = layers.links[number - 1 if downwards else number]
    own = {spot: index for index, spot in enumerate(layers.rows[number])}

    def wish(spot: Spot) -> float:
        near = [
            place[a] if downwards else place[b] for a, b in links if (b if downwards else a) == spot
        ]
        return sum(near) / len(near) if near else own[spot]

    layers.rows[number].sort(key=wish)


def crossings(layers: Layers) -> int:
    """How many pairs of links cross."""
    count = 0
    for number, links in enumerate(layers.links):
        upper = {spot: index for index, spot in enumerate(layers.rows[number])}
        lower = {spot: index for index, spot in enumerate(layers.rows[number + 1])}
        ends = [(upper[a], lower[b]) for a, b in links]
        count += sum(
            (a - c) * (b - d) < 0 for i, (a, b) in enumerate(ends) for c, d in ends[i + 1 :]
        )
    return count
