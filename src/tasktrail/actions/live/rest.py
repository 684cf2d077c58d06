"""How long who looks at tasks leaves the process to others, such as those who carry them out."""

from __future__ import annotations

_UNNOTICED = 0.01
"""Seconds. To look at a task takes some milliseconds, at one of hundreds of jobs ten times that."""

_TIMES = 4
"""To look takes a fifth of the time at most."""

_LONGEST = 1.0
"""Seconds. A look that took longer took it for other reasons."""


def rest_after(looked: float) -> float:
    """Seconds to rest after a look that took `looked` seconds; what happens meanwhile is told as
    one."""
    return min(_LONGEST, _TIMES * looked) if looked > _UNNOTICED else 0.0
