"""An OS process of a cluster, which can be killed, frozen and started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

LONGEST_START = 60.0
"""Seconds that a start may take where nothing else is said."""

_MOST_TOLD = 1500


class Program:
    """Runs `command`, and keeps all that it says in the file `said`.

    It has started when it has said what `ready` matches, or is running if that is None.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        said: Path,
        *,
        ready: str | None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.said = said
        self._command = tuple(map(str, command))
        self._ready = ready
        self._environment = {**_inherited(), **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        said.parent.mkdir(parents=True, exist_ok=True)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.said.stem

    @property
    def last_words(self) -> str:
        """The end of what it has said."""
        return self.said.read_text(errors="replace")[-_MOST_TOLD:]

    @property
    def alive(self) -> bool:
        """Whether it runs, or could if it were not frozen."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The id of the process that runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def words(self) -> str:
        """All that it has said, in all its lives."""
        return self.said.read_text(errors="replace") if self.said.exists() else ""

    async def start(self, patience: float = LONGEST_START) -> re.Match[str] | None:
        """Start it; return what it said when it was ready.

        Raises:
            AssertionError: it ended instead, or took longer than `patience`; with what it said.
        """
        with self.said.open("ab") as said:
            before = said.tell()
            self._process = subprocess.Popen(  # noqa: ASYNC220 - nobody waits for its end here
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env=self._environment,
                start_new_session=True,
            )
        if self._ready is None:
            return None
        give_up = asyncio.get_running_loop().time() + patience
        while True:
            text = self.said.read_bytes()[before:].decode(errors="replace")
            if found := re.search(self._ready, text):
                return found
            assert self.alive, f"{self._command} ended:\n{text}"
            if asyncio.get_running_loop().time() > give_up:
                self.kill()
                raise AssertionError(f"{self._command} was not ready in time:\n{text}")
            await asyncio.sleep(0.02)  # a file that grows tells nobody

    def kill(self) -> None:
        """SIGKILL, also if it is frozen; return when it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    async def stop(self) -> int | None:
        """SIGTERM; its exit code when it has ended in its own time, None if it did not run."""
        if self._process is None:
            return None
        process, self._process = self._process, None
        process.terminate()
        return await asyncio.to_thread(process.wait)

    def freeze(self) -> None:
        """SIGSTOP."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self._process is not None:
                os.kill(self._process.pid, number)


def _inherited() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if name != "TASKTRAIL_URL"}
