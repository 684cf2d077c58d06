"""Real process trees for the tests, and what is asked about them."""

from __future__ import annotations

import asyncio
import os
from itertools import count
from pathlib import Path

from tasktrail.runners.os_process import look_at
from tasktrail.runners.step_call import Stream
from tasktrail.runners.supervisor import CommandSpec, ProcessTree, Supervisor

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin"}

TELL = 'echo $$ >"$FIFO"'
SLEEP = f"{TELL}; exec sleep 1000"

NASTY = {
    "setsid": f"setsid sh -c '{SLEEP}' &",
    "double fork": f"(sh -c '{SLEEP}' &)",
    "double fork with setsid": f"(setsid sh -c '{SLEEP}' &)",
    "nohup": f"nohup sh -c '{SLEEP}' >/dev/null 2>&1 &",
    "closed descriptors": f"(setsid sh -c '{SLEEP}' <&- >&- 2>&- &)",
    "marker lost": f"env -i FIFO=$FIFO /usr/bin/setsid /bin/sh -c '{SLEEP}' &",
    "everything lost": (f"(env -i FIFO=$FIFO /usr/bin/setsid /bin/sh -c '{SLEEP}' <&- >&- 2>&- &)"),
    "SIGTERM ignored": f"(trap '' TERM HUP INT; setsid sh -c '{SLEEP}' &)",
    "stopped": f"setsid sh -c '{TELL}; kill -STOP $$; sleep 1000' &",
}
"""Ways in which processes escaped from others. Each starts one that tells its pid to the FIFO."""


class Recorder:
    """Keeps all output, and lets a test wait for some of it."""

    def __init__(self) -> None:
        self._kept: dict[Stream, bytearray] = {stream: bytearray() for stream in Stream}
        self._news = asyncio.Event()

    def write(self, stream: Stream, chunk: bytes) -> None:
        """Keep it."""
        self._kept[stream] += chunk
        self._news.set()

    def text(self, stream: Stream = Stream.STDOUT) -> str:
        """All of one stream so far."""
        return self._kept[stream].decode()

    async def lines(self, number: int) -> list[str]:
        """The first lines of stdout, as soon as there are so many."""
        async with asyncio.timeout(20):
            while self.text().count("\n") < number:
                self._news.clear()
                await self._news.wait()
        return self.text().splitlines()[:number]


class Bench:
    """Starts scripts as trees."""

    def __init__(self, supervisor: Supervisor, life: str, directory: Path) -> None:
        self.supervisor = supervisor
        self._life = life
        self._directory = directory
        self._numbers = count(1)

    async def start(
        self, script: str, output: Recorder | None = None, *, capture: bool = True
    ) -> ProcessTree:
        """Start `script` with a FIFO of its own in $FIFO."""
        number = next(self._numbers)
        fifo = self._directory / f"fifo{number}"
        os.mkfifo(fifo)
        spec = CommandSpec(
            argv=("/bin/sh", "-c", script),
            env={**ENVIRONMENT, "FIFO": str(fifo)},
            cwd=self._directory,
            marker=f"{self._life}:{number}",
            capture=capture,
        )
        return await self.supervisor.start(spec, output or Recorder())

    async def start_nasty(self, kind: str, then: str) -> tuple[ProcessTree, int]:
        """Start a tree with such an escapee; it goes on with `then`. Returns the escapee's pid."""
        output = Recorder()
        tree = await self.start(f'{NASTY[kind]}\nread pid <"$FIFO"; echo $pid; {then}', output)
        (line,) = await output.lines(1)
        return tree, int(line)


def lives(pid: int) -> bool:
    """Whether a process that can still do something has that pid."""
    found = look_at(pid)
    return found is not None and found.alive
