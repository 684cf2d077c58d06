"""The whole suite: importing it enters every behaviour there is."""

import os

from conformance.behaviour import BEHAVIOURS, Behaviour
from conformance.behaviours import (
    cancels,
    errors,
    flags,
    limits,
    locks,
    losing_workers,
    reached,
    reruns,
    retries,
    rolling_up,
    spawns,
    values,
)

MODULES = (
    reached,
    rolling_up,
    errors,
    retries,
    losing_workers,
    limits,
    cancels,
    spawns,
    reruns,
    locks,
    flags,
    values,
)
"""Where they are, in the order of `docs/conformance.md`."""


def chosen() -> list[Behaviour]:
    """All behaviours, or those whose names contain what BEHAVIOUR says."""
    return [one for name, one in BEHAVIOURS.items() if os.environ.get("BEHAVIOUR", "") in name]


__all__ = ["BEHAVIOURS", "MODULES", "chosen"]
