"""Prints what is read of logs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from tasktrail.cli.log_text import SYSTEM_STYLE, in_style, plain_lines, shown_line
from tasktrail.cli.safe_text import plain
from tasktrail.local.log_shape import FoundLines, HitCount, LogLines, LogRun, OpenText
from tasktrail.logs.styled_line import Style

_DIM = Style(dim=True)
_HIT = Style(foreground=1, bold=True)


class _Beginning(NamedTuple):
    """The beginning of a line, as it was written and as it stands on the screen now."""

    key: tuple[int, int, str]
    text: str
    shown: str


class LogPrinter:
    """Writes blocks of lines as text, each line behind the job and step that it is of unless there
    is only one, and behind its time if wanted. `colours` are for terminals."""

    def __init__(
        self, write: Callable[[str], object], *, colours: bool, prefixed: bool, timestamps: bool
    ) -> None:
        self._write = write
        self._colours = colours
        self._prefixed = prefixed
        self._timestamps = timestamps
        self._beginning: _Beginning | None = None
        self._last_found: tuple[int, int, int] | None = None

    def lines(self, block: LogLines) -> None:
        """Write all lines of a block."""
        texts = block.text.split("\n")
        place = 0
        key = (block.step_id, block.attempt)
        for part in block.runs:
            shown = texts[place : place + part.count]
            place += part.count
            self._write_run(self._prefix(block, part.time), (*key, part.level), part, shown)

    def open_text(self, more: OpenText) -> None:
        """Write more of a line that is not complete, such as a prompt."""
        key = (more.step_id, more.attempt, more.level)
        last = self._beginning
        if last is None or last.key != key:
            self._end_beginning()
            shown = shown_line(more.text, colours=False)
            self._write(self._prefix(more, None) + shown)
            self._beginning = _Beginning(key, more.text, shown)
            return
        text = last.text + more.text
        shown = shown_line(text, colours=False)
        if shown.startswith(last.shown):
            self._write(shown[len(last.shown) :])
        else:
            shown = last.shown  # A progress bar: its last state is shown when the line is complete.
        self._beginning = _Beginning(key, text, shown)

    def found(self, block: FoundLines, *, parted: bool) -> None:
        """Write lines of a search, with their numbers; `:` behind that of a line with a hit. With
        `parted` there is a mark between lines that do not follow each other."""
        for line in block.lines:
            place = (block.step_id, block.attempt, line.line)
            last = self._last_found
            near = last is not None and last == (*place[:2], line.line - 1)
            if last is not None and not near and parted:
                self._write("--\n")
            self._last_found = place
            mark = "-" if line.hit is None else ":"
            prefix = self._prefix(block, line.time) + self._dim(f"{line.line}{mark} ")
            self._write(f"{prefix}{self._with_hit(line.text, line.hit)}\n")

    def count(self, count: HitCount) -> None:
        """Write in how many lines of a log something was found."""
        self._write(f"{self._prefix(count, None)}{count.count}\n")

    def end(self) -> None:
        """End the last line."""
        self._end_beginning()

    def _write_run(
        self, prefix: str, key: tuple[int, int, str], part: LogRun, texts: list[str]
    ) -> None:
        if (begun := self._beginning) is not None:
            if begun.key == key and (first := shown_line(texts[0], colours=False)).startswith(
                begun.shown
            ):
                self._write(first[len(begun.shown) :] + "\n")
                texts = texts[1:]
                self._beginning = None
            self._end_beginning()
        if not texts:
            return
        style = SYSTEM_STYLE if part.level == "system" and self._colours else None
        if style is not None or not plain_lines("\n".join(texts)):
            texts = [shown_line(text, colours=self._colours, style=style) for text in texts]
        self._write(prefix + ("\n" + prefix).join(texts) + "\n")

    def _end_beginning(self) -> None:
        if self._beginning is not None:
            self._write("\n")
            self._beginning = None

    def _prefix(
        self, named: LogLines | OpenText | FoundLines | HitCount, time: datetime | None
    ) -> str:
        prefix = ""
        if self._timestamps and time is not None:
            prefix = time.astimezone().isoformat(" ", "milliseconds") + " "
        if self._prefixed:
            prefix += f"[{plain(named.job)}/{plain(named.step)}] "
        return self._dim(prefix)

    def _dim(self, text: str) -> str:
        return in_style(text, _DIM) if text and self._colours else text

    def _with_hit(self, text: str, hit: tuple[int, int] | None) -> str:
        """A line with its hit marked, where its text is shown as it stands."""
        if hit is None or not self._colours or not plain_lines(text):
            return shown_line(text, colours=self._colours)
        start, end = hit
        return text[:start] + in_style(text[start:end], _HIT) + text[end:]
