"""The time until a search shows its first hit, and how much a search goes through in a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.logs_reading import Reading, log_path, reading
from benchmarks.logs_text import GrowingLog
from benchmarks.memory import HighWater
from tasktrail.logs.pattern import make_pattern

START, MIDDLE, NOWHERE = "at its start", "in its middle", "nowhere"
PLACES = (START, MIDDLE, NOWHERE)

_LINE = "ERROR payment 4711 was refused {place}\n"
_LOOKED_FOR: dict[str, tuple[str, dict[str, bool]]] = {
    "a text": ("4711 was refused {place}", {}),
    "a text, ignoring case": ("4711 WAS REFUSED {place}", {"ignore_case": True}),
    "an expression": (r"payment \d+ was \w+ {place}$", {"regex": True}),
    "one that nearly fits": (r"request [0-9a-f]+ GET \S+ 599|was refused {place}", {"regex": True}),
}
KINDS = tuple(_LOOKED_FOR)

Seconds = dict[tuple[str, str], list[float]]
"""By what is looked for, and where it is."""


def measure(
    directory: Path, size: int, rounds: int, begin: Callable[[str], None]
) -> tuple[Seconds, float]:
    """Seconds until the first hit in a finished log of `size` bytes, or until there turns out to
    be none; and the memory that searching took, in MiB."""
    begin("a log to search")
    log = GrowingLog(log_path(directory), size)
    for place in (START, MIDDLE):
        log.write(_LINE.format(place=place).encode())
        log.fill(size // 2)
    log.close()
    memory = HighWater()
    begin("searches")
    return asyncio.run(_searches(directory, rounds)), memory.mib()


async def _searches(directory: Path, rounds: int) -> Seconds:
    seconds: Seconds = {}
    async with reading(directory, ended=True) as one:
        for _ in range(rounds):
            for kind in KINDS:
                for place in PLACES:
                    taken = await _until_first(one, kind, place)
                    seconds.setdefault((kind, place), []).append(taken)
    return seconds


async def _until_first(one: Reading, kind: str, place: str) -> float:
    text, options = _LOOKED_FOR[kind]
    pattern = make_pattern(text.format(place=place), **options)
    start = time.perf_counter()
    found = await one.first_hit(pattern)
    taken = time.perf_counter() - start
    assert (found is None) == (place == NOWHERE), found
    return taken
