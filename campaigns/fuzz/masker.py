"""Fuzzes the masking of secrets: against a plain search, and against itself with other chunks."""

from __future__ import annotations

import functools
import random

from tasktrail.logs.masker import MASK, Masker
from tasktrail.logs.masking import Masking
from tasktrail.logs.secret_forms import forms_of

_SETS = 300
"""How many sets of secrets there are; to make their forms ready takes longer than a search."""
_ALPHABETS = [
    "ab",
    "abc/+ ",
    "0123456789abcdef",
    "aZ9_-.\"'\\$&<>%\n",
    "\u00e4\u20ac\U0001f511x",
    "aA=/YWI",
]
_NOISE = [
    b" ",
    b"\n",
    b"\r\n",
    b"=",
    b"\\",
    b"%",
    b"\x00",
    b"\xff",
    b"********",
    b"\x1b[0m",
    b"word",
]
_END = b"\x00."
"""Goes on from no form, so that nothing is masked only because it ends."""


def execute(number: int) -> None:
    """One text, in chunks, with pauses.

    Raises:
        AssertionError: something is not masked, or too much is.
    """
    chance = random.Random(number)
    masking, forms = _secrets(chance.randrange(_SETS))
    text = _text(chance, forms) + _END
    whole = _streamed(masking, [text])
    assert _streamed(masking, _chunks(chance, text)) == whole, "chunks make a difference"
    if b"\n" not in text and b"\r" not in text:
        assert whole == _searched(text, forms), "a plain search masks something else"
    assert whole.count(b"\n") == text.count(b"\n"), "lines are lost"
    slow = _streamed(masking, _chunks(chance, text), chance)
    for masked in (whole, slow):
        rest = masked.replace(MASK.encode(), b"\x00")
        assert not any(form in rest for form in forms), "a form is left"


@functools.cache
def _secrets(number: int) -> tuple[Masking, tuple[bytes, ...]]:
    chance = random.Random(number)
    secrets = [
        "".join(chance.choices(chance.choice(_ALPHABETS), k=chance.choice([4, 5, 8, 20])))
        for _ in range(chance.randint(1, 3))
    ]
    return Masking(secrets), tuple(sorted(forms_of(secrets).all))


def _text(chance: random.Random, forms: tuple[bytes, ...]) -> bytes:
    parts: list[bytes] = []
    for _ in range(chance.randint(0, 5)):
        form = chance.choice(forms) if forms else b""
        cut = chance.randint(0, len(form))
        parts.append(
            chance.choice(
                [form, form[:cut], form[cut:], chance.choice(_NOISE), chance.randbytes(3)]
            )
        )
    return b"".join(parts)


def _chunks(chance: random.Random, text: bytes) -> list[bytes]:
    longest = chance.choice([1, 5, 12, 30, 200])
    chunks: list[bytes] = []
    at = 0
    while at < len(text):
        end = at + chance.randint(1, longest)
        chunks.append(text[at:end])
        at = end
    return chunks


def _streamed(masking: Masking, chunks: list[bytes], pauses: random.Random | None = None) -> bytes:
    masker = Masker(masking)
    masked = b""
    for chunk in chunks:
        masked += masker.feed(chunk)
        if pauses is not None and pauses.random() < 0.5:
            masked += masker.settle()
    return masked + masker.end()


def _searched(text: bytes, forms: tuple[bytes, ...]) -> bytes:
    """`text` with a mask for each stretch of bytes that are in a form; as plain as can be."""
    secret = bytearray(len(text))
    for form in forms:
        at = text.find(form)
        while at >= 0:
            secret[at : at + len(form)] = b"\x01" * len(form)
            at = text.find(form, at + 1)
    masked = bytearray()
    for at, byte in enumerate(text):
        if not secret[at]:
            masked.append(byte)
        elif at == 0 or not secret[at - 1]:
            masked += MASK.encode()
    return bytes(masked)
