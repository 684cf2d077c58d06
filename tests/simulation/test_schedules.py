"""A hundred seeded schedules; `make simulate` plays many more, and replays one by its seed."""

from __future__ import annotations

import pytest

from simulation.memory_database import MemoryDatabase
from simulation.schedule import play

AT_ONCE = 20


@pytest.fixture(scope="module")
def database() -> MemoryDatabase:
    return MemoryDatabase()


@pytest.mark.parametrize("first", range(0, 120, AT_ONCE))
def test_whatever_happens_the_invariants_hold_and_everything_ends(
    database: MemoryDatabase, first: int
) -> None:
    for seed in range(first, first + AT_ONCE):
        broken = play(seed, database).broken
        assert broken is None, f"{broken}; again: make simulate SEED={seed}"


@pytest.mark.parametrize("seed", [4985, 15121, 21136])
def test_what_was_broken_once_holds(database: MemoryDatabase, seed: int) -> None:
    assert play(seed, database).broken is None


def test_a_seed_always_gives_the_same_schedule(database: MemoryDatabase) -> None:
    traces: list[list[str]] = [[], []]
    for trace in traces:
        for seed in range(10):
            play(seed, database, trace.append)
    assert traces[0] == traces[1]
    assert len(traces[0]) > 500
