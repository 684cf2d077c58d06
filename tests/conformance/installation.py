"""What the suite needs of an installation, whichever engine it has."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Protocol

from tasktrail.local.client import Client


class Place(StrEnum):
    """Where the jobs of a behaviour are carried out."""

    WIDE = "wide"
    """With a free slot for everybody."""

    NARROW = "narrow"
    """With one slot, where nobody else is at the same time."""

    MORTAL = "mortal"
    """By something that is killed once, and started again."""


class Installation(Protocol):
    """A catalog, operations, and the processes that carry out jobs."""

    @property
    def catalog(self) -> Path:
        """The directory whose runbooks can be submitted by name."""
        ...

    def client(self, place: Place, *, system: bool) -> Client:
        """The operations, as an owner of the organization has them; with `system` for reading, as
        somebody has them who sees system steps too."""
        ...

    def job_options(self, place: Place) -> str:
        """A key and a value that have a job carried out there."""
        ...

    async def lose_worker(self) -> None:
        """Kill whatever carries out the jobs at `Place.MORTAL` with SIGKILL, start it again after
        `DOWN` seconds, and return when it works."""
        ...


DOWN = 3.0
"""Seconds for which nothing carries out jobs when that was killed."""
