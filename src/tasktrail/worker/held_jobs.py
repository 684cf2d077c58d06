"""The jobs that this worker holds, on its disk: what is there at a start was lost with a life."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from tasktrail.actions.work.held_job import HeldJob

_log = logging.getLogger(__name__)


class Note(Struct, frozen=True):
    """A job that is held, and the token by which Temporal is told that it has left the worker."""

    held: HeldJob
    token: bytes = b""


class HeldJobs:
    """A small file for each."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(mode=0o700, exist_ok=True)

    def keep(self, note: Note) -> None:
        """Note that a job is held. A disk that does not take it keeps nobody from working: then the
        job's end is found out by others, later."""
        try:
            self._file(note.held).write_bytes(msgspec.json.encode(note))
        except OSError as error:
            _log.warning("job %s is not noted down: %s", note.held.job_id, error)

    def forget(self, held: HeldJob) -> None:
        """Note that it is not held any more."""
        with suppress(OSError):
            self._file(held).unlink(missing_ok=True)

    def all(self) -> list[Note]:
        """The jobs that are held as far as is known."""
        found: list[Note] = []
        for file in sorted(self._directory.glob("*.json")):
            try:
                found.append(msgspec.json.decode(file.read_bytes(), type=Note))
            except (OSError, msgspec.MsgspecError):
                # Torn with the machine: others find out what became of it.
                with suppress(OSError):
                    file.unlink()
        return found

    def _file(self, held: HeldJob) -> Path:
        return self._directory / f"{held.job_id}-{held.claim}.json"
