"""What all acts have in common: a stage to play on, and a verdict at the end."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from desk import Desk
from engines import Engine, Engines
from score import Score

from faults.verdict import verdict_on

_SETTINGS = "slots = 12\ngrace = 0.3\n"
_LONGEST_END = 240.0


@dataclass(frozen=True)
class Stage:
    """Where acts play. `advance` is told the share of the act that is done."""

    directory: Path
    engines: Engines
    seed: int
    advance: Callable[[str, float], None]

    def desk(self, name: str) -> Desk:
        """A fresh directory for the act of that name."""
        desk = Desk(self.directory / name, random.Random(f"{self.seed} {name}"), Score(name))
        desk.data.mkdir(mode=0o700)
        return desk

    def configure(self, desk: Desk) -> None:
        """Write the settings of its engine."""
        (desk.data / "config.toml").write_text(_SETTINGS)


@asynccontextmanager
async def judged(desk: Desk) -> AsyncGenerator[None]:
    """Time an act, and look at what it has left."""
    started = time.monotonic()
    yield
    desk.score.judge(await verdict_on(desk.here, desk.accepted))
    desk.score.seconds = time.monotonic() - started


async def finish(desk: Desk, engine: Engine) -> None:
    """Have everything end, and the engine leave in order."""
    await desk.until_idle(_LONGEST_END)
    await engine.stop()
