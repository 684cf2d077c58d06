"""A program that has loaded everything, and forks an engine for each line that it reads.

A line is the JSON of `data` and `failpoint`; the answer is the process id. The engine does what
`tasktrail up` does, with a clock that can be set: see `clock_file.py`.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import traceback
from pathlib import Path

from clock_file import ClockFile

from tasktrail.bootstrap import world
from tasktrail.cli.session import EngineAt, open_session
from tasktrail.failpoints import arm
from tasktrail.local import server, submissions

_LOADED = (server, submissions)
"""What a session would load only when it is needed."""


def main() -> None:
    """Serve until the standard input ends."""
    # Whoever asked for an engine watches it by a pidfd; nobody here waits for it.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os._exit(_engine(json.loads(line)))
        print(child, flush=True)


def _engine(order: dict[str, str]) -> int:
    data = Path(order["data"])
    said = os.open(data.parent / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for here, there in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(here, there)
    world.clock = ClockFile(data.parent / "clock").now
    try:
        arm(order["failpoint"])
        asyncio.run(_serve(data))
    except BaseException:  # noqa: BLE001 - whatever ends an engine is told
        traceback.print_exc()
        return 1
    else:
        return 0
    finally:
        sys.stderr.flush()


async def _serve(data: Path) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_session(data, engine=True) as session:
        assert session.engine is EngineAt.HERE
        await stop.wait()


if __name__ == "__main__":
    main()
