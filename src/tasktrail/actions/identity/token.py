"""Secrets that people and programs carry: made at random, kept as digests."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

_BYTES = 32
"""256 random bits: nobody guesses them, so that a plain digest is as good as a slow one."""

_PREFIX, _WORKER_PREFIX = "tt", "tw"
_KEY = re.compile(r"t([tw])_([1-9][0-9]{0,17})_([A-Za-z0-9_-]{20,200})")

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
    """A key as its owner carries it: `tt_<id>_<secret>`, that of a worker `tw_<id>_<secret>`."""

    key_id: int
    token: str
    of_worker: bool = False

    def __str__(self) -> str:
        prefix = _WORKER_PREFIX if self.of_worker else _PREFIX
        return f"{prefix}_{self.key_id}_{self.token}"

    def __repr__(self) -> str:
        return f"KeySecret({self.key_id}, ...)"


def read_key(text: str) -> KeySecret | None:
    """The key that `text` is; None when it cannot be one."""
    found = _KEY.fullmatch(text)
    if found is None:
        return None
    return KeySecret(int(found[2]), found[3], of_worker=found[1] == "w")
