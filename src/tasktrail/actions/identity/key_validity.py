"""For how long a key is valid, whoever carries it."""

from __future__ import annotations

from tasktrail.errors import Problem
from tasktrail.model.instant import Instant, in_words
from tasktrail.store.identity.secret_key import SecretKey


def expiry_problem(expires_at: Instant | None, now: Instant) -> Problem | None:
    """What is wrong with the end of a new key."""
    if expires_at is None or expires_at > now:
        return None
    return Problem("the key would have expired already", field="expiresAt")


def validity(key: SecretKey) -> str:
    """The end of a sentence that says until when a key is valid."""
    return f", valid until {in_words(key.expires_at)}" if key.expires_at is not None else ""
