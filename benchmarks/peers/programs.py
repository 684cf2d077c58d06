"""Programs that a peer starts beside itself, and ends when it is done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_PATIENCE = 30.0
"""Seconds to come up, and to go down."""


@contextmanager
def running(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Generator[subprocess.Popen[bytes]]:
    """A program while it is needed; what it prints goes to the file `log`."""
    with log.open("ab") as output:
        program = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(environment or {})},
        )
    try:
        yield program
    finally:
        _end(program)


def program(name: str) -> str:
    """A program that a package has put beside the interpreter."""
    return str(Path(sys.executable).parent / name)


def until(reached: Callable[[], bool], *, between: float = 0.002, patience: float = 120.0) -> None:
    """Return once something is so.

    Raises:
        TimeoutError: it was not so in time.
    """
    give_up = time.monotonic() + patience
    while not reached():
        if time.monotonic() > give_up:
            raise TimeoutError("a peer did not get done in time")
        time.sleep(between)


def _end(running: subprocess.Popen[bytes]) -> None:
    running.send_signal(signal.SIGTERM)
    try:
        running.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
