"""What one schedule is about, so that not everything happens in each."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Traits:
    """How often what happens. `failing`, `slow` and `disk_trouble` are probabilities; `lives` says
    how each life ends but the last, which ends when nothing is left to do."""

    slots: int
    failing: float
    slow: float
    disk_trouble: float
    clock_jumps: bool
    lives: tuple[Ending, ...]
    submissions: int
    meddling: int
    """How often people do something else: cancel, run again, record, watch."""
    verified: float
    """How likely the product's own verification looks at everything after a commit."""
    span: float
    """Over how many seconds people do what they do."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A life ends once so many attempts have begun in it, or it has nothing left to do, and then
    after some more callbacks of its loop. `patience` is None for a crash."""

    attempts: int
    callbacks: int
    patience: float | None


def random_traits(chance: Random) -> Traits:
    """Draw what a schedule is about."""
    lives = chance.choice((0, 0, 1, 1, 2, 3, 5))
    return Traits(
        slots=chance.choice((1, 2, 4, 8)),
        failing=chance.choice((0.0, 0.1, 0.3, 0.6)),
        slow=chance.choice((0.05, 0.3, 0.6)),
        disk_trouble=chance.choice((0.0, 0.0, 0.0, 0.02, 0.2)),
        clock_jumps=chance.random() < 0.2,
        lives=tuple(_random_ending(chance) for _ in range(lives)),
        submissions=chance.choice((1, 2, 3, 5)),
        meddling=chance.choice((0, 1, 3, 8)),
        verified=chance.choice((0.0, 0.0, 0.02)),
        span=chance.choice((0.02, 0.1, 1.0, 10.0)),
    )


def _random_ending(chance: Random) -> Ending:
    return Ending(
        attempts=chance.choice((0, 1, 2, 3, 5, 8)),
        callbacks=chance.randrange(chance.choice((5, 40, 200))),
        patience=None if chance.random() < 0.7 else chance.choice((0.0, 1.0, 30.0)),
    )
