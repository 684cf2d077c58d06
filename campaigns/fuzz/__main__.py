"""Throws what nobody would think of at the parts that read bytes from outside.

    make fuzz COUNT=1000000 PARTS="frames ansi masker" SEED=1 PARALLEL=2

Every execution has a number, and does the same each time; a failure is told with it. Prints a line
for each part, and leaves with 1 when any failed.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed

import ansi
import frames
import masker

PARTS: dict[str, Callable[[int], None]] = {
    "frames": frames.execute,
    "ansi": ansi.execute,
    "masker": masker.execute,
}
"""By name: what carries out the execution of a number, and raises when something is wrong."""

_BATCH = 2_000


def main() -> int:
    """Fuzz the parts that are asked for; the exit code."""
    count = int(os.environ.get("COUNT") or 1_000_000)
    seed = int(os.environ.get("SEED") or 0)
    parallel = int(os.environ.get("PARALLEL") or os.cpu_count() or 1)
    failed = [
        part for part in _parts() if not _fuzz(part, seed=seed, count=count, parallel=parallel)
    ]
    return 1 if failed else 0


def _parts() -> list[str]:
    return (os.environ.get("PARTS") or " ".join(PARTS)).split()


def _fuzz(part: str, *, seed: int, count: int, parallel: int) -> bool:
    begun = time.monotonic()
    failures: list[str] = []
    with ProcessPoolExecutor(parallel) as processes:
        batches = [
            processes.submit(_batch, part, first, min(_BATCH, seed + count - first))
            for first in range(seed, seed + count, _BATCH)
        ]
        for batch in as_completed(batches):
            failures += batch.result()
    seconds = time.monotonic() - begun
    print(f"{part}: {count:,} executions in {seconds:.0f} s, {len(failures)} failures")
    for failure in failures[:10]:
        print(f"  {failure}")
    return not failures


def _batch(part: str, first: int, count: int) -> list[str]:
    failures: list[str] = []
    for number in range(first, first + count):
        try:
            PARTS[part](number)
        except Exception as error:  # noqa: BLE001 - whatever is wrong is to be told
            told = f"{type(error).__name__}: {error}"
            failures.append(f"SEED={number} COUNT=1 PARTS={part}: {told[:500]}")
    return failures


if __name__ == "__main__":
    sys.exit(main())
