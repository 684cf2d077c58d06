"""Throws what nobody would think of at the parts that read bytes from outside.

    make fuzz COUNT=1000000 FIRST=0 PARTS="frames ansi masker" PARALLEL=2
    make fuzz PARTS=frames SEED=123

Every execution has a number, its seed, and does the same each time; a failure is told with it, and
the second form repeats that one. Prints a line for each part, and leaves with 1 when any failed.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import ansi
import frames
import masker
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn, TimeRemainingColumn

PARTS: dict[str, Callable[[int], None]] = {
    "frames": frames.execute,
    "ansi": ansi.execute,
    "masker": masker.execute,
}
"""By name: what carries out the execution of a number, and raises when something is wrong."""

_BATCH = 1_000
_MOST_TOLD = 10
_IN_MEMORY = Path("/dev/shm")


def main() -> int:
    """Fuzz the parts that are asked for; the exit code."""
    parts = (os.environ.get("PARTS") or " ".join(PARTS)).split()
    with tempfile.TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None) as root:
        if seed := os.environ.get("SEED"):
            return _replay(parts, int(seed), root)
        count = int(os.environ.get("COUNT") or 1_000_000)
        first = int(os.environ.get("FIRST") or 0)
        parallel = int(os.environ.get("PARALLEL") or os.cpu_count() or 1)
        failures = [
            failure
            for part in parts
            for failure in _fuzz(part, range(first, first + count), parallel, root)
        ]
    return 1 if failures else 0


def _replay(parts: list[str], seed: int, root: str) -> int:
    """Carry out one execution, here, and show where it fails."""
    _enter(root)
    for part in parts:
        try:
            PARTS[part](seed)
        except Exception:  # noqa: BLE001 - whatever is wrong is to be told
            traceback.print_exc()
            return 1
        finally:
            os.chdir("/")
        print(f"{part}: seed {seed} is well")
    return 0


def _fuzz(part: str, seeds: range, parallel: int, root: str) -> list[str]:
    begun = time.monotonic()
    failures: list[str] = []
    with (
        _progress() as progress,
        ProcessPoolExecutor(parallel, initializer=_enter, initargs=(root,)) as processes,
    ):
        bar = progress.add_task(part, total=len(seeds))
        batches = {processes.submit(_carry_out, part, some): some for some in _batches(seeds)}
        for batch in as_completed(batches):
            failures += batch.result()
            progress.advance(bar, len(batches[batch]))
    seconds = time.monotonic() - begun
    print(f"{part}: {len(seeds):,} executions in {seconds:.0f} s, {len(failures)} failures")
    for failure in failures[:_MOST_TOLD]:
        print(f"  {failure}")
    return failures


def _progress() -> Progress:
    columns = (MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(
        *Progress.get_default_columns()[:2],
        *columns,
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def _batches(seeds: range) -> Iterator[range]:
    for at in range(0, len(seeds), _BATCH):
        yield seeds[at : at + _BATCH]


def _enter(root: str) -> None:
    """Work in a directory of this process alone, below one that is removed at the end."""
    os.chdir(tempfile.mkdtemp(dir=root))


def _carry_out(part: str, seeds: range) -> list[str]:
    failures: list[str] = []
    for seed in seeds:
        try:
            PARTS[part](seed)
        except Exception as error:  # noqa: BLE001 - whatever is wrong is to be told
            told = f"{type(error).__name__}: {error}"
            failures.append(f"PARTS={part} SEED={seed}: {told[:500]}")
    return failures


if __name__ == "__main__":
    sys.exit(main())
