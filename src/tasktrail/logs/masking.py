"""Finds secrets in bytes, fast where there are none."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from tasktrail.logs.secret_forms import LONGEST_FORM, Forms, forms_of

Span = tuple[int, int]
"""From the first byte to the one after the last."""

_MOST_AT_ONCE = 60
"""Up to about so many texts are searched for at once with vector instructions; with more it takes
ten times as long."""
_MOST_PASSES = 10
"""Passes of that kind that are quicker together than one with a full automaton."""
_LARGEST_AUTOMATON = 32 * 1024
"""Bytes of texts, each a state of up to half a KiB: an automaton of 16 MiB at most."""
_BEGINNINGS = (16, 12, 8, 6)
_BLOCK = 12
"""A line break in a wrappable form leaves its first or its second block of so many bytes whole."""
_FAR = 3 * LONGEST_FORM
"""How far back a form can begin that has a line break after every character."""

_WINDOW = 16 * 1024
"""How much is looked through at once, to bound the memory that what is found takes."""

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="
_WRAP = re.compile(rb"\r?\n(?=[^\r\n])")
_WRAP_AT_END = re.compile(rb"(?:\r?\n|\r)\Z")


class Sight(NamedTuple):
    """What is seen in a text."""

    spans: list[Span]
    """Where it holds secrets: in order, neither overlapping nor touching."""
    tail: int
    """From here on to the end it may be the beginning of a secret; its length where it is not."""
    length: int
    """How long that secret would be."""


class Masking:
    """The forms of some secrets, ready to be found. Immutable; may be shared."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = forms_of(secrets)
        self._sorted = sorted(forms.all)
        self._sorted_wrappable = sorted(forms.wrappable)
        self._hints = _beginnings(forms)
        self._reach = max(map(len, self._hints), default=0)
        self._first_bytes = frozenset(form[0] for form in forms.all)
        # Whatever form there is in a text, one of these is; most texts hold none.
        self._quick = _quick(self._hints)
        self.releasable = min(3, min(map(len, forms.all), default=0) // 4)
        """How many bytes may be shown that could begin a secret, when nothing follows them."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to be found."""
        return not self._sorted

    def look(self, text: bytes) -> Sight:
        """Find secrets in `text`, and what may become one at its end."""
        hints = [hint for quick in self._quick for hint in quick.find_matches_as_indexes(text)]
        hinted = bool(hints)
        spans = merged([*self._unbroken(text, hints), *self._wrapped(text)]) if hinted else []
        far = max(0, len(text) - LONGEST_FORM)
        begin, length = self._begun(text[far:], self._sorted, hinted=hinted)
        wrapped, its_length = self._wrapped_tail(text, hinted=hinted)
        if wrapped < far + begin:
            return Sight(spans, wrapped, its_length)
        return Sight(spans, far + begin, length)

    def found_in(self, text: str) -> bool:
        """Whether `text` holds a secret."""
        return bool(self.look(text.encode("utf-8", "surrogatepass")).spans)

    @cached_property
    def _exact(self) -> BytesAhoCorasick:
        return BytesAhoCorasick(self._sorted)

    @cached_property
    def _exact_wrappable(self) -> BytesAhoCorasick:
        return BytesAhoCorasick(self._sorted_wrappable)

    @cached_property
    def _wrap_hints(self) -> BytesAhoCorasick:
        return BytesAhoCorasick(
            sorted(_blocks(self._sorted_wrappable, _BLOCK)), MatchKind.LeftmostFirst
        )

    @cached_property
    def _starts(self) -> BytesAhoCorasick:
        return BytesAhoCorasick(self._hints)

    def _unbroken(self, text: bytes, hints: list[tuple[int, int, int]]) -> Iterator[Span]:
        """Where there are forms without line breaks, each of which begins with a hint."""
        # A hint that is not told because it overlaps with another one begins within that.
        for start, stop in merged((begin, end + LONGEST_FORM) for _, begin, end in hints):
            for begin, end in _found(self._exact, text[start:stop]):
                yield start + begin, start + end

    def _wrapped(self, text: bytes) -> Iterator[Span]:
        """Where there are forms with line breaks in them."""
        if b"\n" in text and self._wrap_hints.find_matches_as_indexes(text):
            flat, removed = _flattened(text)
            for begin, end in _found(self._exact_wrappable, flat):
                yield _place(begin, removed), _place(end - 1, removed) + 1

    def _begun(self, text: bytes, forms: list[bytes], *, hinted: bool) -> tuple[int, int]:
        """The longest end of `text` that one of `forms` goes on from, and the length of that."""
        for begin in self._candidates(text, hinted=hinted):
            rest = text[begin:]
            at = bisect_right(forms, rest)
            if at < len(forms) and forms[at].startswith(rest):
                return begin, len(forms[at])
        return len(text), 0

    def _candidates(self, text: bytes, *, hinted: bool) -> list[int]:
        """Where in `text` a form may begin that does not end in it."""
        last = range(max(0, len(text) - self._reach + 1), len(text))
        candidates = [begin for begin in last if text[begin] in self._first_bytes]
        if hinted:
            found = self._starts.find_matches_as_indexes(text, overlapping=True)
            return sorted({*candidates, *(begin for _, begin, _ in found)})
        return candidates

    def _wrapped_tail(self, text: bytes, *, hinted: bool) -> tuple[int, int]:
        if not self._sorted_wrappable:
            return len(text), 0
        far = text[-_FAR:]
        begin = len(far.rstrip(_BASE64 + b"\r\n"))
        run = _WRAP_AT_END.sub(b"", far[begin:])
        flat, removed = _flattened(run)
        if not flat or (removed is None and begin + len(run) == len(far)):
            return len(text), 0
        place, length = self._begun(
            flat, self._sorted_wrappable, hinted=hinted or removed is not None
        )
        if not length:
            return len(text), 0
        return len(text) - len(far) + begin + _place(place, removed), length


def merged(spans: Iterable[Span]) -> list[Span]:
    """The union of `spans`, in order."""
    union: list[Span] = []
    for begin, end in sorted(spans):
        if union and begin <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((begin, end))
    return union


def _quick(hints: list[bytes]) -> list[BytesAhoCorasick]:
    """What finds any of `hints`, all of them together and as quickly as can be."""
    passes = range(0, len(hints), _MOST_AT_ONCE)
    if len(passes) > _MOST_PASSES and _fits_automaton(hints):
        return [BytesAhoCorasick(hints, MatchKind.LeftmostFirst, Implementation.DFA)]
    return [
        BytesAhoCorasick(hints[at : at + _MOST_AT_ONCE], MatchKind.LeftmostFirst) for at in passes
    ]


def _fits_automaton(texts: list[bytes]) -> bool:
    return sum(map(len, texts)) <= _LARGEST_AUTOMATON


def _beginnings(forms: Forms) -> list[bytes]:
    """Texts one of which is in every text that holds a form: few, and not too short."""
    every: list[list[bytes]] = []
    for length in _BEGINNINGS:
        texts = {form[:length] for form in forms.all - forms.wrappable}
        texts |= _blocks(forms.wrappable, min(length, _BLOCK))
        every.append(_without_extensions(texts))
    few = (texts for texts in every if len(texts) <= _MOST_AT_ONCE)
    fitting = (texts for texts in every if _fits_automaton(texts))
    return next(few, None) or next(fitting, None) or every[0]


def _blocks(wrappable: Iterable[bytes], length: int) -> set[bytes]:
    """The beginnings of the first two blocks of the forms: one of them is never broken."""
    return {form[at : at + length] for form in wrappable for at in (0, _BLOCK)}


def _without_extensions(texts: Iterable[bytes]) -> list[bytes]:
    """Without those that begin with another one."""
    kept: list[bytes] = []
    for text in sorted(texts):
        if not kept or not text.startswith(kept[-1]):
            kept.append(text)
    return kept


def _found(forms: BytesAhoCorasick, text: bytes) -> list[Span]:
    """Where `text` holds any of `forms`."""
    spans: list[Span] = []
    # Of a secret such as aaaa there may be one at every byte.
    for at in range(0, len(text), _WINDOW):
        window = text[at : at + _WINDOW + LONGEST_FORM]
        found = forms.find_matches_as_indexes(window, overlapping=True)
        spans += _union(found, at)
    return spans


def _union(found: list[tuple[int, int, int]], offset: int) -> Iterator[Span]:
    """As `merged`, but quick for very many."""
    found.sort(key=itemgetter(1))
    begun, ended = -1, -1
    for _, begin, end in found:
        if begin > ended:
            if begun >= 0:
                yield offset + begun, offset + ended
            begun, ended = begin, end
        elif end > ended:
            ended = end
    if begun >= 0:
        yield offset + begun, offset + ended


Removed = tuple[list[int], list[int]]
"""Where something was removed, as places in what is left, and how much up to there."""


def _flattened(text: bytes) -> tuple[bytes, Removed | None]:
    """`text` without single line breaks."""
    breaks = [found.span() for found in _WRAP.finditer(text)]
    if not breaks:
        return text, None
    sizes = list(accumulate(end - begin for begin, end in breaks))
    places = [end - size for (_, end), size in zip(breaks, sizes, strict=True)]
    return _WRAP.sub(b"", text), (places, sizes)


def _place(flat: int, removed: Removed | None) -> int:
    """Where in the text a byte stands that is at `flat` without the line breaks."""
    if removed is None:
        return flat
    places, sizes = removed
    at = bisect_right(places, flat)
    return flat + (sizes[at - 1] if at else 0)


NOTHING = Masking(())
"""For what knows no secrets."""
