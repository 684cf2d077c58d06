"""Durations and points in time, as people read and write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_AGO = re.compile(r"(\d+)\s*([smhdw])")


def duration_text(seconds: float) -> str:
    """A duration in at most seven characters: `85ms`, `3.1s`, `42s`, `1m 05s`, `3d 04h`."""
    if seconds < 0:
        return "0ms"
    if seconds < 0.9995:
        return f"{round(seconds * 1000)}ms"
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02}s"
    if whole < 86400:
        return f"{whole // 3600}h {whole % 3600 // 60:02}m"
    return f"{whole // 86400}d {whole % 86400 // 3600:02}h"


def span_text(start: datetime | None, end: datetime | None, now: datetime) -> str:
    """How long something took, or has taken until `now`; empty before it starts."""
    if start is None:
        return ""
    return duration_text(((end or now) - start).total_seconds())


def moment_text(moment: datetime | None, now: datetime) -> str:
    """A moment in local time: only the time when it is today, with the date otherwise."""
    if moment is None:
        return ""
    local = moment.astimezone()
    if local.date() == now.astimezone().date():
        return local.strftime("%H:%M:%S")
    return local.strftime("%Y-%m-%d %H:%M")


def exact_text(moment: datetime | None) -> str:
    """A moment in local time with its date, seconds and offset."""
    return "" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M:%S %z")


def parse_moment(text: str, now: datetime) -> datetime:
    """The moment that `text` names: `90s`, `2h`, `3d` ago, a date, or a time as in RFC 3339.

    A time without an offset is local time.

    Raises:
        ValueError: it names none.
    """
    match = _AGO.fullmatch(text.strip())
    try:
        if match:
            return now - timedelta(seconds=int(match[1]) * _UNITS[match[2]])
        moment = datetime.fromisoformat(text.strip())
        return (moment.astimezone() if moment.tzinfo is None else moment).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"'{text}' is no point in time; write 2h, 3d, 2026-11-24 or 2026-11-24T16:00:00Z"
        ) from error


def parse_start(text: str, now: datetime) -> datetime:
    """The time at which something may start: `10m` from `now` on, or a point in time.

    Raises:
        ValueError: it is neither.
    """
    match = _AGO.fullmatch(text.strip())
    return now + (now - parse_moment(text, now)) if match else parse_moment(text, now)
