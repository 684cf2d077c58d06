"""Engines in processes of their own, which can be killed at any moment."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self


class Engine:
    """A running engine."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._pidfd = os.pidfd_open(pid)
        self._ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._pidfd, self._note_end)

    @property
    def ended(self) -> bool:
        """Whether it has ended, in whichever way."""
        return self._ended.is_set()

    async def wait_ended(self, seconds: float) -> None:
        """Return when it has ended, or after so many seconds."""
        try:
            await asyncio.wait_for(self._ended.wait(), seconds)
        except TimeoutError:
            return

    async def kill(self) -> bool:
        """SIGKILL; returns whether it was that what ended it."""
        mine = not self.ended
        if mine:
            with suppress(ProcessLookupError):  # It has ended, and nobody has noticed yet.
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            await self._ended.wait()
        return mine

    async def stop(self) -> None:
        """SIGTERM, as an orderly end."""
        if not self.ended:
            signal.pidfd_send_signal(self._pidfd, signal.SIGTERM)
            await self._ended.wait()

    def limit_file_handles(self, count: int) -> None:
        """Let it have no more than so many."""
        _, hard = resource.prlimit(self.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (min(count, hard), hard))

    def _note_end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pidfd)
        os.close(self._pidfd)
        self._ended.set()


class Engines:
    """Starts engines; what it starts is killed when it is left."""

    def __enter__(self) -> Self:
        self._started: list[Engine] = []
        self._zygote = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("zygote.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for engine in self._started:
            if not engine.ended:
                os.kill(engine.pid, signal.SIGKILL)
        assert self._zygote.stdin is not None
        self._zygote.stdin.close()
        self._zygote.wait()

    def start(self, data: Path, failpoint: str = "") -> Engine:
        """An engine that owns `data`, to die at the failpoint if one is named."""
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.write(json.dumps({"data": str(data), "failpoint": failpoint}) + "\n")
        self._zygote.stdin.flush()
        engine = Engine(int(self._zygote.stdout.readline()))
        self._started = [one for one in self._started if not one.ended] + [engine]
        return engine
