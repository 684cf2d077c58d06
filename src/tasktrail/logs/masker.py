"""Masks secrets in a stream of bytes, however it is cut into chunks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasktrail.logs.masking import Masking, Sight, Span, merged

MASK = "********"
"""What stands for a secret, whatever its length."""

_MASK = MASK.encode()
_LINE = re.compile(rb"[^\r\n]+")
_LINE_BREAKS = re.compile(rb"[\r\n]+")


class Masker:
    """One stream.

    Only the end of a chunk that may be the beginning of a secret is held back until more comes.
    `settle` gives what of it may be shown when nothing comes for a while: never more than the first
    `Masking.releasable` bytes of a secret, so that a slow writer cannot have it shown bit by bit.
    """

    def __init__(self, masking: Masking) -> None:
        self._masking = masking
        self._held = b""
        """From where a secret may have begun; what was shown of it already included."""
        self._shown = 0
        self._known = 0
        """How much of the beginning of `_held` belongs to a secret that began before it."""
        self._in_mask = False
        """Whether a mask is the last that was given."""

    @property
    def holds(self) -> bool:
        """Whether anything is held back."""
        return self._shown < len(self._held)

    def feed(self, chunk: bytes) -> bytes:
        """What may be written once `chunk` has come."""
        text = self._held + chunk if self._held else chunk
        spans, hold, _ = self._look(text)
        masked = self._given(text, spans, hold)
        begun = (end - hold for begin, end in spans if begin < hold < end)
        self._known = max(0, self._known - hold, *begun)
        self._held = text[hold:]
        self._shown = max(0, self._shown - hold)
        # A line that is complete is not held back for a few bytes that may mean nothing.
        return masked + self.settle() if self._held.endswith((b"\n", b"\r")) else masked

    def settle(self) -> bytes:
        """What may be shown of what is held, as nothing has come for a while."""
        spans = self._look(self._held).spans
        open_bytes = len(self._held) - sum(end - begin for begin, end in spans)
        open_bytes -= sum(map(len, _LINE_BREAKS.findall(self._held)))
        if open_bytes <= self._masking.releasable:
            upto = len(self._held)
        else:
            upto = spans[0][1] if spans and spans[0][0] == 0 else 0
        given = self._given(self._held, spans, upto)
        self._shown = max(self._shown, upto)
        return given

    def end(self) -> bytes:
        """The rest. If it is the larger part of a secret, it is masked, too."""
        spans, begin, length = self._look(self._held)
        if 2 * (len(self._held) - begin) > length > 0:
            spans = merged([*spans, (begin, len(self._held))])
        given = self._given(self._held, spans, len(self._held))
        self._held, self._shown, self._known, self._in_mask = b"", 0, 0, False
        return given

    def _look(self, text: bytes) -> Sight:
        sight = self._masking.look(text)
        if not self._known:
            return sight
        return sight._replace(spans=merged([(0, self._known), *sight.spans]))

    def _given(self, text: bytes, spans: list[Span], upto: int) -> bytes:
        """`text` from what was shown before up to `upto`, masked."""
        if upto <= self._shown:
            return b""
        if not spans:
            self._in_mask = False
            return text[self._shown : upto]
        return b"".join(self._parts(text, spans, self._shown, upto))

    def _parts(self, text: bytes, spans: list[Span], at: int, upto: int) -> Iterator[bytes]:
        for begin, end in spans:
            begin, end = max(begin, at), min(end, upto)  # noqa: PLW2901 - what is to be given of it
            if begin >= end:
                continue
            if begin > at:
                self._in_mask = False
                yield text[at:begin]
            yield self._masked(text[begin:end])
            at = end
        if at < upto:
            self._in_mask = False
            yield text[at:upto]

    def _masked(self, secret: bytes) -> bytes:
        """A mask for each line of `secret`: lines stay lines."""
        masked = _LINE.sub(_MASK, secret)
        if self._in_mask:
            masked = masked.removeprefix(_MASK)
        self._in_mask = not secret.endswith((b"\n", b"\r"))
        return masked


def mask_text(masking: Masking, text: str) -> str:
    """`text` with its secrets masked."""
    masker = Masker(masking)
    encoded = text.encode("utf-8", "surrogatepass")
    masked = masker.feed(encoded)
    return (masked + masker.end()).decode("utf-8", "surrogatepass")
