"""Which lines of a log explain why it ends badly."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from tasktrail.logs.level import Level, level_of
from tasktrail.logs.line import Line
from tasktrail.logs.reader import LogReader
from tasktrail.logs.styled_line import styled_line
from tasktrail.model.stream import Stream

MOST_LINES = 12
"""An explanation is read at a glance."""

_TAIL_LINES = 2000
_TAIL_BYTES = 512 * 1024
_HEAD_LINES = 1000
_HEAD_BYTES = 256 * 1024
_EARLIER_LINES = 10_000
_EARLIER_BYTES = 2 * 1024 * 1024
_EARLIER_COMPLAINTS = 200
"""Lines on the standard error before the tail that are looked at, and from how far back."""
_LONGEST_LINE = 400
_BEFORE, _AFTER = 1, 5
"""Lines around the first error."""
_APART = 40
"""Lines without an error after which the next one is another matter."""
_LAST = 5
"""Lines at the end that are better than none."""

_TRACEBACK = "Traceback (most recent call last):"


class Telling(NamedTuple):
    """A line with its text as a terminal would show it, without colours, and its level."""

    line: Line
    text: str
    level: Level


def explain(reader: LogReader) -> list[Telling]:
    """The few lines that explain a failure best: the last traceback, else the first error of the
    last ones with a little around it, else the last complaints, else the end.

    Only the beginning and the end of a log are looked at, however long it is.
    """
    tail = _telling(_tail(reader))
    found = _traceback(tail) or _first_error(tail)
    if found or not tail or tail[0].line.number == 1:
        return found or _end(tail)
    earlier = _telling(_complaints(reader, tail[0].line.number - 1))
    found = _traceback(earlier) or _first_error(earlier) or _first_error(_telling(_head(reader)))
    return found or _end(earlier + tail)


def _tail(reader: LogReader) -> list[Line]:
    last = reader.line_count
    start = max(last - _TAIL_LINES + 1, reader.line_before_end(_TAIL_BYTES))
    return list(reader.lines(start, last))


def _complaints(reader: LogReader, last: int) -> list[Line]:
    """The last lines on the standard error up to line `last`. The two streams of a program come
    through pipes of their own: its last words on one may stand thousands of lines before the end
    of the other."""
    complaints: deque[Line] = deque(maxlen=_EARLIER_COMPLAINTS)
    start = max(last - _EARLIER_LINES + 1, reader.line_before_end(_EARLIER_BYTES))
    if start <= last:
        for stretch in reader.stretches(start, last):
            if stretch.stream == Stream.STDERR:
                complaints.extend(stretch.lines())
    return list(complaints)


def _head(reader: LogReader) -> list[Line]:
    lines: list[Line] = []
    size = 0
    for line in reader.lines(1, _HEAD_LINES):
        lines.append(line)
        size += len(line.text)
        if size > _HEAD_BYTES:
            break
    return lines


def _telling(lines: Sequence[Line]) -> list[Telling]:
    """The lines that the step itself has written."""
    return [
        Telling(line, text, level_of(text))
        for line in lines
        if line.stream != Stream.SYSTEM
        for text in [styled_line(_part(line.text)).text.rstrip()[:_LONGEST_LINE]]
    ]


def _part(text: bytes) -> str:
    """What is enough of a line: of a progress bar its end, which is what is left of it."""
    most = 4 * _LONGEST_LINE
    return (text[-most:] if b"\r" in text else text[:most]).decode("utf-8", "replace")


def _traceback(lines: list[Telling]) -> list[Telling]:
    starts = [at for at, telling in enumerate(lines) if telling.text.strip() == _TRACEBACK]
    if not starts:
        return []
    start = end = starts[-1]
    indent = len(lines[start].text) - len(lines[start].text.lstrip())
    for end in range(start + 1, len(lines)):
        text = lines[end].text
        if text.strip() and len(text) - len(text.lstrip()) <= indent:
            break
    found = lines[start : end + 1]
    return found if len(found) <= MOST_LINES else [found[0], *found[1 - MOST_LINES :]]


def _first_error(lines: list[Telling]) -> list[Telling]:
    errors = [at for at, telling in enumerate(lines) if telling.level is Level.ERROR]
    errors = errors or [at for at, t in enumerate(lines) if t.level is Level.CONSEQUENCE][-1:]
    if not errors:
        return []
    first = errors[-1]
    for at in reversed(errors):
        if first - at > _APART:
            break
        first = at
    shown = set(range(max(0, first - _BEFORE), min(len(lines), first + _AFTER + 1)))
    for at in errors:
        if at > first and len(shown) < MOST_LINES:
            shown.add(at)
    return [lines[at] for at in sorted(shown) if lines[at].text]


def _end(lines: list[Telling]) -> list[Telling]:
    told = [telling for telling in lines if telling.text]
    complaints = [telling for telling in told if telling.line.stream == Stream.STDERR]
    return (complaints or told)[-_LAST:]
