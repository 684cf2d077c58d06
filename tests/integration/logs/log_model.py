"""What a log must read like, byte by byte: slow, obvious, and without any frame."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from hypothesis import settings
from hypothesis import strategies as st

from tasktrail.logs.reader import LogReader
from tasktrail.logs.writer import LogWriter
from tasktrail.model.instant import Instant

Write = tuple[int, bytes]

UNHURRIED = settings(deadline=None)
"""Examples touch files, and the machine may be busy."""

BYTES = st.sampled_from(
    [b"\n", b"\n", b"a", b"b", b"\r", b"\0", b"\xff", b"\xc3", b"\xa4", b"\x1b"]
)
CHUNKS = st.lists(BYTES, max_size=40).map(b"".join)
WRITES: st.SearchStrategy[list[Write]] = st.lists(st.tuples(st.integers(1, 3), CHUNKS), max_size=30)


class NewPath(Protocol):
    """Gives the path of a log that does not exist yet."""

    def __call__(self) -> Path: ...


class Ticks:
    """A clock that advances by one microsecond with each look at it."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> Instant:
        self.now += 1
        return Instant(self.now)


def write_log(path: Path, writes: Sequence[Write], *, max_line: int, close: bool = True) -> None:
    writer = LogWriter(path, clock=Ticks(), max_line=max_line)
    for stream, chunk in writes:
        writer.write(stream, chunk)
    if close:
        writer.close()


def expected_lines(
    writes: Sequence[Write], *, max_line: int, closed: bool = True
) -> list[tuple[int, bytes]]:
    """(stream, text) of every line, in the order of their numbers."""
    lines: list[tuple[int, bytes]] = []
    begun: dict[int, bytes] = {}
    for stream, chunk in writes:
        for byte in chunk:
            text = begun.get(stream, b"")
            if byte == ord("\n"):
                lines.append((stream, text))
                begun[stream] = b""
            elif len(text) == max_line:
                lines.append((stream, text))
                begun[stream] = bytes([byte])
            else:
                begun[stream] = text + bytes([byte])
    if closed:
        lines.extend((stream, text) for stream, text in sorted(begun.items()) if text)
    return lines


def expected_bytes(writes: Sequence[Write], stream: int | None = None) -> bytes:
    return b"".join(chunk for source, chunk in writes if stream in (None, source))


def shown_lines(path: Path) -> list[tuple[int, bytes]]:
    with LogReader(path) as reader:
        return [(line.stream, line.text) for line in reader.lines()]


def raw_bytes(path: Path, stream: int | None = None) -> bytes:
    with LogReader(path) as reader:
        return b"".join(reader.raw(*(() if stream is None else (stream,))))
