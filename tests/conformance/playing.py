"""Playing behaviours, many at once, on one installation."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.behaviour import Behaviour
from conformance.death import Death
from conformance.installation import Installation, Place
from conformance.site import Site

_AT_ONCE = 16
"""Behaviours whose processes share the processors."""

_LONGEST = 100.0
"""Seconds that a behaviour may take beside others."""


@dataclass(frozen=True, slots=True)
class Played:
    """How a behaviour went. `error`: what it raised, if it does not hold."""

    behaviour: Behaviour
    seconds: float
    error: Exception | None = None


async def play(
    installation: Installation, behaviours: Sequence[Behaviour], directory: Path
) -> list[Played]:
    """Play them, with files below `directory`; how each went, in their order.

    Those whose worker is killed come to that point together, and it is killed once for all of them.
    """
    mortals = {one.name for one in behaviours if one.place is Place.MORTAL}
    death = Death(installation, set(mortals))
    turns = {
        Place.WIDE: asyncio.Semaphore(_AT_ONCE),
        Place.NARROW: asyncio.Semaphore(1),
        Place.MORTAL: asyncio.Semaphore(len(behaviours)),
    }

    async def play_one(number: int, behaviour: Behaviour) -> Played:
        async with turns[behaviour.place]:
            started = time.monotonic()
            here = directory / behaviour.name
            site = Site(installation, behaviour.place, f"c{number}", here, death)
            error = await _error_of(behaviour, site)
            await death.spare(behaviour.name)
            return Played(behaviour, time.monotonic() - started, error)

    async with asyncio.TaskGroup() as group:
        reaper = group.create_task(death.come()) if mortals else None
        played = [group.create_task(play_one(*numbered)) for numbered in enumerate(behaviours)]
        await asyncio.wait(played)
        if reaper is not None:
            reaper.cancel()
    return [one.result() for one in played]


async def _error_of(behaviour: Behaviour, site: Site) -> Exception | None:
    try:
        async with asyncio.timeout(_LONGEST):
            await behaviour.play(site)
    except Exception as error:  # noqa: BLE001 - whatever it raises is told
        return error
    return None
