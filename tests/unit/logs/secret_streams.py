"""Ways to have streams masked, and what must come of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tasktrail.logs.masker import Masker
from tasktrail.logs.masking import Masking


def streamed(masking: Masking, chunks: Iterable[bytes]) -> bytes:
    """What comes of `chunks`, one after another."""
    masker = Masker(masking)
    masked = b"".join(masker.feed(chunk) for chunk in chunks)
    return masked + masker.end()


def halves(text: bytes) -> list[Sequence[bytes]]:
    """`text` cut in two, at every place."""
    return [(text[:at], text[at:]) for at in range(len(text) + 1)]


def pieces(text: bytes, size: int) -> list[bytes]:
    """`text` in pieces of `size` bytes."""
    return [text[at : at + size] for at in range(0, len(text), size)]
