"""A grid of characters on which lines join by themselves."""

from __future__ import annotations

from enum import IntFlag
from itertools import pairwise

from rich.text import Text


class _Arm(IntFlag):
    UP = 1
    RIGHT = 2
    DOWN = 4
    LEFT = 8


_GLYPHS = " │─└││┌├─┘─┴┐┤┬┼"
_ACROSS = _Arm.LEFT | _Arm.RIGHT
_ALONG = _Arm.UP | _Arm.DOWN
_BRIDGE = "─"
LINE_STYLE = "dim"


class Canvas:
    """Lines and words at (x, y), counted from the upper left corner.

    Lines of one net join where they meet; where two nets cross, the horizontal line passes over
    the vertical one, which is seen interrupted.
    """

    def __init__(self) -> None:
        self._arms: dict[tuple[int, int], dict[int, _Arm]] = {}
        self._words: dict[tuple[int, int], tuple[str, str]] = {}

    def line(self, start: tuple[int, int], end: tuple[int, int], net: int) -> None:
        """A horizontal or vertical line between two points, both included."""
        (x1, y1), (x2, y2) = sorted((start, end))
        forth, back = (_Arm.RIGHT, _Arm.LEFT) if y1 == y2 else (_Arm.DOWN, _Arm.UP)
        points = [(x, y) for x in range(x1, x2 + 1) for y in range(y1, y2 + 1)]
        for here, there in pairwise(points):
            self._add(here, net, forth)
            self._add(there, net, back)

    def word(self, x: int, y: int, text: str, style: str = "") -> None:
        """`text` from (x, y) to the right, over any line."""
        for offset, character in enumerate(text):
            self._words[x + offset, y] = (character, style)

    def render(self) -> Text:
        """Everything, without blanks at the ends of lines."""
        picture = Text(no_wrap=True, overflow="crop", end="")
        cells = [*self._arms, *self._words]
        height = max((y for _, y in cells), default=-1) + 1
        for y in range(height):
            if y:
                picture.append("\n")
            right = max((x for x, row in cells if row == y), default=-1)
            for x in range(right + 1):
                picture.append(*self._cell(x, y))
        return picture

    def _add(self, point: tuple[int, int], net: int, arm: _Arm) -> None:
        nets = self._arms.setdefault(point, {})
        nets[net] = nets.get(net, _Arm(0)) | arm

    def _cell(self, x: int, y: int) -> tuple[str, str]:
        if (x, y) in self._words:
            return self._words[x, y]
        nets = self._arms.get((x, y), {})
        if set(nets.values()) == {_ACROSS, _ALONG}:
            return _BRIDGE, LINE_STYLE
        together = _Arm(0)
        for arms in nets.values():
            together |= arms
        return _GLYPHS[together], LINE_STYLE if together else ""
