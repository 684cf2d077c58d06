"""Durations as people write them: `90`, `90s`, `5m`, `1h30m`, `1.5h`, `500ms`, `2d`."""

from __future__ import annotations

import re
from itertools import pairwise

LONGEST = 366 * 86400.0
"""Seconds. Nothing in a definition may last longer than a year."""

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)(ms|[smhd])", re.ASCII)
_WHOLE = re.compile(rf"(?:{_PART.pattern})+", re.ASCII)
_PLAIN = re.compile(r"\d{1,12}(?:\.\d{1,6})?", re.ASCII)


def parse_duration(text: str) -> float:
    """The seconds that `text` means; a plain number counts seconds.

    Raises:
        ValueError: it is no duration, or longer than `LONGEST`.
    """
    compact = text.strip().lower().replace(" ", "")
    if _PLAIN.fullmatch(compact):
        seconds = float(compact)
    elif _WHOLE.fullmatch(compact) and _falling(units := _units(compact)):
        amounts = [float(amount) for amount, _ in _PART.findall(compact)]
        seconds = sum(amount * _SECONDS[unit] for amount, unit in zip(amounts, units, strict=True))
    else:
        raise ValueError("is not a duration")
    if seconds > LONGEST:
        raise ValueError("is longer than 366 days")
    return seconds


def _units(compact: str) -> list[str]:
    return [unit for _, unit in _PART.findall(compact)]


def _falling(units: list[str]) -> bool:
    """Whether each unit is smaller than the one before: `1h30m`, but not `30m1h` or `1m1m`."""
    sizes = [_SECONDS[unit] for unit in units]
    return all(larger > smaller for larger, smaller in pairwise(sizes))
