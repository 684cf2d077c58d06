"""What the machine gives: the time, and chance."""

from __future__ import annotations

import secrets
import time

from tasktrail.model.instant import Instant


def clock() -> Instant:
    """The time now."""
    return Instant(time.time_ns() // 1000)


def new_reference() -> str:
    """A reference that nobody guesses and support can look up."""
    return secrets.token_hex(8)
