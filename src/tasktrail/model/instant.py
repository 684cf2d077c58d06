"""Points in time, as the model, the store and the engine pass them around."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NewType

Instant = NewType("Instant", int)
"""Microseconds since 1970-01-01T00:00:00Z: exact, sortable, the same in every database."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_IN_UTC = datetime(1970, 1, 1)  # noqa: DTZ001 - UTC by agreement: its text names no zone
_MICROSECOND = timedelta(microseconds=1)


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime."""
    return Instant((moment - _EPOCH) // _MICROSECOND)


def to_datetime(instant: Instant) -> datetime:
    """The aware UTC datetime of an instant."""
    return _EPOCH + timedelta(microseconds=instant)


def to_rfc3339(instant: Instant) -> str:
    """RFC 3339 in UTC with microseconds, such as `2026-11-24T16:12:50.123456Z`."""
    # An answer holds hundreds of them: `strftime` would take most of its time.
    return (_EPOCH_IN_UTC + timedelta(microseconds=instant)).isoformat("T", "microseconds") + "Z"


def optional_rfc3339(instant: Instant | None) -> str | None:
    """The same of a moment that may never come, or has not yet."""
    return None if instant is None else to_rfc3339(instant)


def in_words(instant: Instant) -> str:
    """For people, in UTC to the minute, such as `2026-11-24 16:12 UTC`."""
    return f"{to_rfc3339(instant)[:16].replace('T', ' ')} UTC"


def after(instant: Instant, seconds: float) -> Instant:
    """The instant that lies `seconds` later."""
    return Instant(instant + round(seconds * 1_000_000))


def seconds_between(start: Instant, end: Instant) -> float:
    """Seconds from `start` to `end`; negative when `end` is earlier."""
    return (end - start) / 1_000_000
