"""One turn of an entrant: its process, and what it prints."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.entrants import Entrant
from benchmarks.peers.environment import PeersMissingError, peers_python

CHECKOUT = Path(__file__).parent.parent
BENCH = CHECKOUT / ".bench"
"""Where the peers are and everything is measured: on the disk of the checkout, since /tmp may be
memory."""

_TIME_LIMIT = 600.0
_LEAVE_LIMIT = 30.0


class EntrantFailedError(Exception):
    """An entrant brought no figures; the message says why, `log` what it wrote about it."""

    def __init__(self, reason: str, log: str = "") -> None:
        super().__init__(reason)
        self.log = log


@dataclass(frozen=True, slots=True)
class Turn:
    """What an entrant printed, its process, and the directory that it worked on."""

    entrant: Entrant
    figures: dict[str, Any]
    process: int
    directory: Path


@contextmanager
def turn(entrant: Entrant, *arguments: str) -> Generator[Turn]:
    """Let an entrant measure what `arguments` name.

    Inside, its directory is there, and it still runs if it is one that waits to be told to leave.

    Raises:
        EntrantFailedError: it printed no figures, or is not there at all.
    """
    with scratch() as empty:
        directory = entrant.directory or empty
        log = empty / "contestant.log"
        command = (*_program(entrant), *arguments, "--directory", str(directory))
        with log.open("w") as errors:
            running = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                env={**os.environ, **entrant.environment},
            )
        limit = threading.Timer(_TIME_LIMIT, running.terminate)
        limit.start()
        try:
            yield Turn(entrant, _figures(running, log), running.pid, directory)
        finally:
            limit.cancel()
            _see_off(running)


@contextmanager
def scratch() -> Generator[Path]:
    """An empty directory on the disk that is measured."""
    BENCH.mkdir(exist_ok=True)
    directory = Path(tempfile.mkdtemp(prefix="turn-", dir=BENCH))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _program(entrant: Entrant) -> tuple[str, ...]:
    if not entrant.peer:
        return (sys.executable, "-m", entrant.module)
    try:
        return (str(peers_python(BENCH / "venv")), "-m", entrant.module)
    except PeersMissingError as missing:
        raise EntrantFailedError(str(missing)) from missing


def _figures(running: subprocess.Popen[bytes], log: Path) -> dict[str, Any]:
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith(b"{"):
            printed: dict[str, Any] = json.loads(line)
            if "not_offered" in printed:
                raise EntrantFailedError(printed["not_offered"])
            return printed
    written = log.read_text(errors="replace").strip() or "it printed nothing"
    raise EntrantFailedError(f"failed: {written.splitlines()[-1]}", written)


def _see_off(running: subprocess.Popen[bytes]) -> None:
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.close()
    try:
        running.wait(_LEAVE_LIMIT)
    except subprocess.TimeoutExpired:
        running.terminate()
        with suppress(subprocess.TimeoutExpired):
            running.wait(_LEAVE_LIMIT)
    # Whatever it has started and not ended.
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    running.stdout.close()
