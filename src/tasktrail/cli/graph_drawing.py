"""The graph of a task's jobs as a picture of characters (M3).

The arrows go from left to right where that fits into the width, else downwards, and a graph that
cannot be drawn truthfully in the width becomes a list of what comes after what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rich.text import Text

from tasktrail.cli.canvas import Canvas
from tasktrail.cli.graph_order import Layers, Spot, layers_of, topological
from tasktrail.cli.graph_routing import Channel, NotDrawableError, route
from tasktrail.cli.safe_text import cut, plain
from tasktrail.cli.status_style import COLOURS, SYMBOLS, badge
from tasktrail.cli.times import span_text
from tasktrail.local.shape import Job, Task
from tasktrail.model.status import Status

_LARGEST_PICTURE = 80
"""More jobs than this are listed: nobody follows the lines of a larger picture."""
_LONGEST_NAME = 28
_LONGEST_SPAN = 7
_GAP_BESIDE = 3
"""Columns between two labels beside each other."""


@dataclass(frozen=True, slots=True)
class _Label:
    text: str
    style: str
    room: int
    """Columns that are kept for it, which may be more than it fills now."""


def draw_graph(task: Task, width: int, now: datetime, *, ticking: bool = False) -> Text:
    """The jobs of `task` with status symbols and durations, at most `width` columns wide.

    With `ticking`, labels keep their width while durations grow, so that a picture that is drawn
    again and again does not jump.
    """
    if not task.jobs:
        return Text("no jobs", style="dim", end="")
    labels = {job.name: _label(job, now, ticking=ticking) for job in task.jobs}
    if len(task.jobs) <= _LARGEST_PICTURE:
        layers = layers_of({job.name: job.after for job in task.jobs})
        for picture in (_Rightwards, _Downwards):
            for spread in (False, True):
                drawn = picture(layers, labels, spread=spread).draw(width)
                if drawn is not None:
                    return drawn
    return _list(task, labels, width)


def legend(task: Task) -> Text:
    """What the symbols in the picture of `task` mean."""
    statuses = dict.fromkeys(job.status for job in task.jobs)
    words = (Text(badge(status), COLOURS[status]) for status in Status if status in statuses)
    return Text("   ").join(words)


def _label(job: Job, now: datetime, *, ticking: bool) -> _Label:
    name = cut(plain(job.name), _LONGEST_NAME)
    span = span_text(job.started_at, job.ended_at, now)
    text = f"{SYMBOLS[job.status]} {name} {span}".rstrip()
    room = len(f"{SYMBOLS[job.status]} {name} ") + _LONGEST_SPAN if ticking else len(text)
    return _Label(text, COLOURS[job.status], max(room, len(text)))


def _list(task: Task, labels: Mapping[str, _Label], width: int) -> Text:
    lines = Text(no_wrap=True, overflow="ellipsis", end="")
    depth: dict[str, int] = {}
    needs = {job.name: job.after for job in task.jobs}
    for number, name in enumerate(topological(needs)):
        depth[name] = 1 + max((depth.get(parent, -1) for parent in needs[name]), default=-1)
        indent = "  " * min(depth[name], max(0, width // 8))
        after = f"  after {', '.join(map(plain, needs[name]))}" if needs[name] else ""
        line = Text(indent)
        line.append(labels[name].text, labels[name].style)
        line.append(after, "dim")
        line.truncate(width, overflow="ellipsis")
        lines.append("\n" if number else "").append_text(line)
    return lines


class _Picture:
    """Draws with `main`, the direction of the arrows, and `cross`, the direction across."""

    def __init__(self, layers: Layers, labels: Mapping[str, _Label], *, spread: bool) -> None:
        self._layers = layers
        self._labels = labels
        self._spread = spread
        self._canvas = Canvas()
        self._lane: dict[Spot, int] = {}
        self._exit: dict[Spot, int] = {}

    def draw(self, width: int) -> Text | None:
        """The picture; None when it cannot be drawn truthfully in `width`."""
        for number in range(len(self._layers.rows)):
            self._place(number)
        lowest = min(self._lane[spot] - self._half(spot) for spot in self._lane)
        self._lane = {spot: lane - lowest for spot, lane in self._lane.items()}
        try:
            channels = [route(links, self._lane) for links in self._layers.links]
        except NotDrawableError:
            return None
        main = 0
        for number, row in enumerate(self._layers.rows):
            if number:
                main = self._connect(main, channels[number - 1])
            main = self._write_row(main, row)
        drawn = self._canvas.render()
        return drawn if max(map(len, drawn.plain.split("\n"))) <= width else None

    def _place(self, number: int) -> None:
        """Put each spot near the middle of those before it, and the layer as a whole as well."""
        row, end, wishes = self._layers.rows[number], 0, list[float]()
        links = self._layers.links[number - 1] if number else []
        for index, spot in enumerate(row):
            before = sorted(self._lane[a] for a, b in links if b == spot)
            wish = (
                (before[(len(before) - 1) // 2] + before[len(before) // 2]) // 2 if before else None
            )
            half = self._half(spot)
            first = end + half if index else (half if wish is None else wish)
            lane = first if wish is None else max(first, wish)
            self._lane[spot] = lane
            wishes.append(0 if wish is None else wish - lane)
            end = lane - half + self._extent(spot) + self._gap()
        shift = round(sum(wishes) / len(wishes))
        for spot in row:
            lane = self._lane[spot] + shift
            # Neighbouring layers that share no lane can always be told apart.
            self._lane[spot] = lane + ((lane + number) % 2 if self._spread else 0)

    def _half(self, spot: Spot) -> int:
        return self._extent(spot) // 2

    def _extent(self, spot: Spot) -> int:
        raise NotImplementedError

    def _gap(self) -> int:
        raise NotImplementedError

    def _write_row(self, main: int, row: list[Spot]) -> int:
        raise NotImplementedError

    def _connect(self, main: int, channel: Channel) -> int:
        raise NotImplementedError


class _Rightwards(_Picture):
    def _extent(self, spot: Spot) -> int:
        del spot  # Every label is one row high.
        return 1

    def _gap(self) -> int:
        return 1 if self._spread else 0

    def _write_row(self, main: int, row: list[Spot]) -> int:
        """Labels from column `main`; each is left where it ends."""
        widest = max(0 if spot.passing else self._labels[spot.name].room for spot in row)
        end = main + widest
        for spot in row:
            lane = self._lane[spot]
            if spot.passing:
                self._exit[spot] = main - 2
            else:
                label = self._labels[spot.name]
                self._canvas.word(main, lane, label.text, label.style)
                self._exit[spot] = main + len(label.text) + 1
        return end

    def _connect(self, main: int, channel: Channel) -> int:
        arrow = main + 2 + 2 * channel.width + (0 if channel.width else 1)
        for net, (bus, track) in enumerate(channel.tracks.items()):
            across = main + 2 + 2 * (track or 0)
            lanes = [self._lane[spot] for spot in (*bus.sources, *bus.targets)]
            self._canvas.line((across, min(lanes)), (across, max(lanes)), net)
            for spot in bus.sources:
                lane = self._lane[spot]
                self._canvas.line((self._exit[spot], lane), (across, lane), net)
            for spot in bus.targets:
                lane = self._lane[spot]
                self._canvas.line((across, lane), (arrow, lane), net)
                if not spot.passing:
                    self._canvas.word(arrow, lane, "▶", "dim")
        return arrow + 2


class _Downwards(_Picture):
    def _extent(self, spot: Spot) -> int:
        return 1 if spot.passing else self._labels[spot.name].room

    def _gap(self) -> int:
        return _GAP_BESIDE

    def _write_row(self, main: int, row: list[Spot]) -> int:
        for spot in row:
            self._exit[spot] = main - 1 if spot.passing else main
            if not spot.passing:
                label = self._labels[spot.name]
                left = self._lane[spot] - self._half(spot)
                self._canvas.word(left, main, label.text, label.style)
        return main + 1

    def _connect(self, main: int, channel: Channel) -> int:
        # Where lines may cross, none does so next to a label: it would seem to belong to it.
        margin = 1 if channel.width and len(channel.tracks) > 1 else 0
        arrow = main + channel.width + 2 * margin
        for net, (bus, track) in enumerate(channel.tracks.items()):
            across = main + margin + (track or 0)
            lanes = [self._lane[spot] for spot in (*bus.sources, *bus.targets)]
            self._canvas.line((min(lanes), across), (max(lanes), across), net)
            for spot in bus.sources:
                lane = self._lane[spot]
                self._canvas.line((lane, self._exit[spot]), (lane, across), net)
            for spot in bus.targets:
                lane = self._lane[spot]
                self._canvas.line((lane, across), (lane, arrow), net)
                if not spot.passing:
                    self._canvas.word(lane, arrow, "▼", "dim")
        return arrow + 1
