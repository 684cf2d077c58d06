"""What the tasks do: the same functions for every contestant. Needs the standard library only."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path


def nothing() -> None:
    """The least that a task can do, so that all the time is the system's own."""


def note_start(notes: str) -> None:
    """Write down when this line was reached, in nanoseconds since 1970."""
    at = time.time_ns()
    with Path(notes).open("a") as file:
        file.write(f"{at}\n")


def shell() -> None:
    """Start a shell that does nothing."""
    subprocess.run(["sh", "-c", "true"], check=True, stdout=subprocess.PIPE)


def pause(milliseconds: int) -> None:
    """Take a known time without using the processor."""
    time.sleep(milliseconds / 1000)


def hold(until: str) -> None:
    """Keep what the task holds until the file `until` is there (a minute at most)."""
    give_up = time.monotonic() + 60
    while not Path(until).exists() and time.monotonic() < give_up:
        time.sleep(0.002)
