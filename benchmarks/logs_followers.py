"""P7: from a step's writing of a line until all who follow its log have it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing
from pathlib import Path
from time import time_ns
from typing import Any

from tasktrail.bootstrap import World, open_world
from tasktrail.local.request import LogSelection, Person, Submission
from tasktrail.model.author import AuthorKind

_LINES = 40
_BETWEEN = 0.5
"""Seconds between two lines."""

_STEP = """
import os, time
print("begun", flush=True)
while not os.path.exists("{go}"):
    time.sleep(0.01)
for _ in range({lines}):
    time.sleep({between})
    print(time.time_ns(), flush=True)
"""
_RUNBOOK = """
name: talk
jobs:
  talk:
    steps:
      - name: Talk
        run: {python} {step}
"""


def delays(directory: Path, followers: int) -> list[float]:
    """Milliseconds of each line on its way to each follower, in an engine that does nothing else;
    both the engine and all followers are in this process."""
    return asyncio.run(_delays(directory, followers))


async def _delays(directory: Path, followers: int) -> list[float]:
    directory.mkdir(exist_ok=True)
    step, go, runbook = directory / "step.py", directory / "go", directory / "talk.yml"
    step.write_text(_STEP.format(go=go, between=_BETWEEN, lines=_LINES))
    runbook.write_text(_RUNBOOK.format(python=sys.executable, step=step))
    submission = Submission(
        author=AuthorKind.USER,
        user=Person(id=1, name="Benchmark"),
        target=str(runbook),
        root=str(directory),
    )
    async with open_world(directory / "data", engine=True) as world:
        assert world.engine is not None
        await world.operations.call("submit", submission.arguments())
        ready = asyncio.Barrier(followers + 1)
        following = [asyncio.ensure_future(_follow(world, ready)) for _ in range(followers)]
        await ready.wait()
        go.touch()
        given = await asyncio.gather(*following)
        await world.engine.idle()
    assert all(len(one) == _LINES for one in given)
    return [delay for one in given for delay in one]


async def _follow(world: World, ready: asyncio.Barrier) -> list[float]:
    """Tells that it is `ready` with the first line, which is not measured."""
    taken: list[float] = []
    wanted = LogSelection(id=1, follow=True).arguments()
    blocks: Any = world.operations.stream("logs", wanted)
    async with aclosing(blocks):
        async for block in blocks:
            now = time_ns()
            if block["type"] != "lines":
                continue
            times = block["text"].split("\n")
            if times[0] == "begun":
                await ready.wait()
                times = times[1:]
            taken += [(now - int(time)) / 1e6 for time in times]
    return taken
