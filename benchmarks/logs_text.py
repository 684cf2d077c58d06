"""What is logged: lines of a web service, and the secrets that are looked for in them."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from pathlib import Path

from tasktrail.bootstrap import clock
from tasktrail.logs.writer import LogWriter

MIB = 1024 * 1024
CHUNK = 256 * 1024
"""What one read of a busy pipe gives at most."""

_LINES = 100_000
_SEED = 5
_HITS_APART = 20_000
"""Lines between two that hold a secret."""


def lines() -> bytes:
    """Some 15 MB of lines, always the same; far more than a compressor looks back."""
    chance = random.Random(_SEED)  # noqa: S311 - no secrets
    return b"".join(_line(chance, number).encode() for number in range(_LINES))


def pieces(size: int) -> Iterator[bytes]:
    """`size` bytes of such lines, in pieces as a pipe gives them."""
    block = lines()
    left = size
    while left > 0:
        for start in range(0, len(block), CHUNK):
            piece = block[start : start + min(CHUNK, left)]
            left -= len(piece)
            if piece:
                yield piece


def write_text(path: Path, size: int, secret: str) -> None:
    """A file of about `size` bytes of such lines, with a line of `secret` now and then."""
    texts = [line.encode() for line in secret.splitlines()]
    block = lines().splitlines(keepends=True)
    for number, text in enumerate(texts[: _LINES // _HITS_APART]):
        place = number * _HITS_APART
        block[place] = b"Authorization: " + text + b"\n"
    whole = b"".join(block)
    with path.open("wb") as file:
        while size - file.tell() > len(whole):
            file.write(whole)
        file.write(whole[: whole.rfind(b"\n", 0, size - file.tell()) + 1])


def secrets() -> dict[str, str]:
    """Secrets of several sizes, by what they are."""
    chance = random.Random(_SEED)  # noqa: S311 - no secrets

    def text(count: int) -> str:
        encoded = (base64.b64encode(chance.randbytes(48)).decode() for _ in range(count))
        return "\n".join(encoded)

    return {
        "no secret": "",
        "a token": chance.randbytes(20).hex(),
        "a key of 28 lines": text(28),
        "32 KiB in 480 lines": text(480),
    }


class GrowingLog:
    """A log that is being written, with room for about `size` bytes of text."""

    def __init__(self, path: Path, size: int) -> None:
        self._writer = LogWriter(path, clock=clock, cap=2 * size + MIB)

    def fill(self, size: int) -> None:
        """Add about `size` bytes of lines."""
        for piece in pieces(size):
            self._writer.write(1, piece)
        self._writer.write(1, b"\n")

    def write(self, text: bytes) -> None:
        """Add to it."""
        self._writer.write(1, text)

    def close(self) -> int:
        """Finish it; the number of its lines."""
        return self._writer.close().lines


def _line(chance: random.Random, number: int) -> str:
    level = chance.choices(["INFO", "DEBUG", "WARN", "ERROR"], [70, 25, 4, 1])[0]
    return (
        f"2026-11-28T05:{number // 1000 % 60:02}:{number // 17 % 60:02}.{number % 1000:03}Z "
        f"{level} worker-{chance.randrange(64)} request {chance.randrange(1 << 48):012x} "
        f"GET /api/v1/items/{chance.randrange(100_000)} "
        f"{chance.choice([200, 200, 200, 201, 304, 404, 500])} {chance.random() * 100:.3f} ms\n"
    )
