"""How a secret may look in what a program prints: the texts that are to be masked.

Programs seldom print a secret as it is: they print requests, JSON, headers, traces of a shell. The
forms are found by search, so each is listed: as it is, quoted for JSON, Python, URLs and shells, as
hex, and as base64 wherever the secret stands in what was encoded.
"""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import quote

SHORTEST = 4
"""Bytes. What is shorter is in too many innocent words, and is not masked."""

LONGEST_FORM = 512
"""Bytes. A longer form is cut into pieces, which are masked one by one."""

_WRAPPABLE = 24
"""From this length on, base64 is also found with line breaks in it: tools wrap it at 64 or 76."""

_MANY_LINES = 8
"""A secret of more lines is looked for in base64 and hex as a whole only."""

_SHORTEST_PIECE = 64

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_ALIGNMENTS = range(3)
_UNSAFE_OF_GO = {"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"}
_HEX_DIGITS = re.compile(r"\\u[0-9a-f]{4}")
_QUOTED_BYTE = re.compile(r"%[0-9A-F]{2}")
_SAFE_IN_URLS = ("", "/", "!'()*", ";,/?:@&=+$#!'()*")
"""What a URL part, a path, `encodeURIComponent` and `encodeURI` of JavaScript leave as it is."""


class Forms(NamedTuple):
    """All forms, and those of them that may be broken into lines anywhere."""

    all: frozenset[bytes]
    wrappable: frozenset[bytes]


def forms_of(secrets: Iterable[str]) -> Forms:
    """The forms of `secrets`, none longer than `LONGEST_FORM`."""
    plain: set[bytes] = set()
    encoded: set[bytes] = set()
    for secret in secrets:
        lines = secret_lines(secret)
        if not lines:
            continue
        for line in lines:
            plain.update(form.encode() for form in _written(line))
        for whole in [secret, *lines] if len(lines) <= _MANY_LINES else [secret]:
            plain.update(_hex(whole.encode()))
            encoded.update(_base64(whole.encode()))
    pieces = frozenset(_cut(encoded))
    return Forms(
        all=frozenset(_cut(plain)) | pieces,
        wrappable=frozenset(piece for piece in pieces if len(piece) >= _WRAPPABLE),
    )


def secret_lines(secret: str) -> list[str]:
    """The lines of a secret that are masked wherever they stand, without white space around."""
    lines = (line.strip() for line in _LINE_BREAK.split(secret))
    return [line for line in dict.fromkeys(lines) if len(line.encode()) >= SHORTEST]


def _written(line: str) -> Iterator[str]:
    yield line
    yield from _json(line)
    yield from _python(line)
    yield from _url(line)
    yield from _shell(line)


def _json(line: str) -> Iterator[str]:
    for quoted in (json.dumps(line)[1:-1], json.dumps(line, ensure_ascii=False)[1:-1]):
        for text in (quoted, _replaced(quoted, _UNSAFE_OF_GO)):
            for slashed in (text, text.replace("/", "\\/")):
                yield slashed
                yield _HEX_DIGITS.sub(lambda found: "\\u" + found[0][2:].upper(), slashed)


def _python(line: str) -> Iterator[str]:
    # Which quotes repr chooses depends on the text around the secret.
    yield repr(line + '"')[1:-2]
    yield repr(line + "'\"")[1:-4]
    yield ascii(line + '"')[1:-2]


def _url(line: str) -> Iterator[str]:
    for safe in _SAFE_IN_URLS:
        quoted = quote(line, safe=safe)
        for text in (quoted, quoted.replace("%20", "+"), quoted.replace("~", "%7E")):
            yield text
            yield _QUOTED_BYTE.sub(lambda found: found[0].lower(), text)


def _shell(line: str) -> Iterator[str]:
    yield line.replace("'", "'\"'\"'")
    yield line.replace("'", "'\\''")
    yield re.sub(r'([$`"\\])', r"\\\1", line)
    yield re.sub(r"([^\w@%+=:,./-])", r"\\\1", line, flags=re.ASCII)
    yield shlex.quote(line).strip("'")


def _hex(data: bytes) -> Iterator[bytes]:
    text = data.hex()
    yield text.encode()
    yield text.upper().encode()


def _base64(data: bytes) -> Iterator[bytes]:
    """What `data` alone decides of its base64, at each place that it can have in a group of three
    bytes; and to the end, as it is when nothing follows."""
    for before in _ALIGNMENTS:
        encoded = base64.b64encode(bytes(before) + data)
        # A character that holds bits of what stands before, too, is not known.
        begin = -(-8 * before // 6)
        known = 8 * (before + len(data)) // 6
        unpadded = encoded.rstrip(b"=")
        for form in (encoded[begin:known], unpadded[begin:], encoded[begin:]):
            yield form
            yield form.replace(b"+", b"-").replace(b"/", b"_")


def _replaced(text: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        text = text.replace(old, new)
    return text


def _cut(forms: Iterable[bytes]) -> Iterator[bytes]:
    """The forms, long ones in pieces."""
    for form in forms:
        if len(form) < SHORTEST:
            continue
        for begin in range(0, len(form), LONGEST_FORM):
            piece = form[begin : begin + LONGEST_FORM]
            yield piece if begin == 0 or len(piece) >= _SHORTEST_PIECE else form[-_SHORTEST_PIECE:]
