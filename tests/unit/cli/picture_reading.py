"""Reads a drawn graph as a person does: along the lines, never against the arrows."""

from __future__ import annotations

import re

_UP, _RIGHT, _DOWN, _LEFT = (0, -1), (1, 0), (0, 1), (-1, 0)
_OPPOSITE = {_UP: _DOWN, _DOWN: _UP, _LEFT: _RIGHT, _RIGHT: _LEFT}
_ARMS = {
    "─": {_LEFT, _RIGHT},
    "│": {_UP, _DOWN},
    "┌": {_RIGHT, _DOWN},
    "┐": {_LEFT, _DOWN},
    "└": {_UP, _RIGHT},
    "┘": {_UP, _LEFT},
    "├": {_UP, _DOWN, _RIGHT},
    "┤": {_UP, _DOWN, _LEFT},
    "┬": {_LEFT, _RIGHT, _DOWN},
    "┴": {_LEFT, _RIGHT, _UP},
    "┼": {_UP, _DOWN, _LEFT, _RIGHT},
}
_LABEL = re.compile(r"✓ (\w+) [\d.]+m?s")
_Point = tuple[int, int]


def read_dependencies(picture: str) -> set[tuple[str, str]]:
    """Every (job, job that comes after it) that the lines show."""
    cells = {
        (x, y): character
        for y, line in enumerate(picture.split("\n"))
        for x, character in enumerate(line)
        if character != " "
    }
    downwards = "▼" in picture
    labels: dict[_Point, str] = {}
    spans: dict[str, tuple[int, int, int]] = {}
    for y, line in enumerate(picture.split("\n")):
        for match in _LABEL.finditer(line):
            spans[match[1]] = (match.start(), match.end() - 1, y)
            labels.update({(x, y): match[1] for x in range(match.start(), match.end())})
    found: set[tuple[str, str]] = set()
    for name, (left, right, y) in spans.items():
        starts = [(x, y + 1) for x in range(left, right + 1)] if downwards else [(right + 2, y)]
        forward = _DOWN if downwards else _RIGHT
        for start in starts:
            if start in cells and (_joins(cells[start], forward) or cells[start] == "▼"):
                for reached in _walk(cells, start, forward):
                    found.add((name, labels[reached]))
    return found


def _joins(character: str, direction: _Point) -> bool:
    """Whether somebody who moves in `direction` can step on this character."""
    return _OPPOSITE[direction] in _ARMS.get(character, set())


def _walk(cells: dict[_Point, str], start: _Point, forward: _Point) -> set[_Point]:
    reached: set[_Point] = set()
    seen: set[tuple[_Point, _Point]] = set()
    waiting = [(start, forward)]
    while waiting:
        point, direction = waiting.pop()
        if (point, direction) in seen or point not in cells:
            continue
        seen.add((point, direction))
        character = cells[point]
        if character in "▶▼":
            step = 2 if character == "▶" else 1
            reached.add((point[0] + forward[0] * step, point[1] + forward[1] * step))
        elif not _joins(character, direction):
            # A line that is interrupted by another one goes on behind it.
            if character == "─" and direction in (_UP, _DOWN):
                waiting.append((_step(point, direction), direction))
        else:
            ways = _ARMS[character] - {_OPPOSITE[direction], _OPPOSITE[forward]}
            waiting.extend((_step(point, way), way) for way in ways)
    return reached


def _step(point: _Point, way: _Point) -> _Point:
    return point[0] + way[0], point[1] + way[1]
