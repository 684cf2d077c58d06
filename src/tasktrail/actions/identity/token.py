"""Secrets that people and programs carry: made at random, kept as digests."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

_BYTES = 32
"""256 random bits: nobody guesses them, so that a plain digest is as good as a slow one."""

_PREFIX = "tt"
_KEY = re.compile(rf"{_PREFIX}_([1-9][0-9]{{0,17}})_([A-Za-z0-9_-]{{20,200}})")

SHOWN = 8
"""How many characters of a secret are kept readable, to tell keys apart."""


def new_token() -> str:
    """A secret that can stand in a URL, a header or a cookie."""
    return secrets.token_urlsafe(_BYTES)


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def matches(token: str, digest: str) -> bool:
    """Whether the token is the one that was digested, in a time that tells nothing."""
    return hmac.compare_digest(digest_of(token).encode(), digest.encode())


@dataclass(frozen=True, slots=True)
class KeySecret:
    """An API key as its owner carries it: `tt_<id>_<secret>`."""

    key_id: int
    token: str

    def __str__(self) -> str:
        return f"{_PREFIX}_{self.key_id}_{self.token}"

    def __repr__(self) -> str:
        return f"KeySecret({self.key_id}, ...)"


def read_key(text: str) -> KeySecret | None:
    """The API key that `text` is; None when it cannot be one."""
    found = _KEY.fullmatch(text)
    return KeySecret(int(found[1]), found[2]) if found is not None else None
