"""Act one: the engine is killed again and again while tasks are submitted, run and canceled."""

from __future__ import annotations

import asyncio
import contextlib
import random

from act import Stage, finish, judged
from desk import Desk
from engines import Engine
from score import Score

from tasktrail.errors import ConnectionLostError
from tasktrail.failpoints import Failpoint

_SUBMITTERS = 6
_LONGEST_LIFE = 2.0
_LONGEST_START = 20.0
_AT_FAILPOINTS = 0.3
"""The share of lives that die at a failpoint."""
_WHILE_STARTING = 0.2
"""The share of lives that may die before they serve; all others die some time later."""


async def kills(stage: Stage, count: int, wanted: int) -> Score:
    """Kill `wanted` times or more, and until `count` tasks were accepted."""
    desk = stage.desk("kills")
    stage.configure(desk)
    rng = random.Random(f"{stage.seed} killer")
    async with judged(desk):
        quota = _Quota(count, wanted)
        submitters = [asyncio.create_task(_submit(desk, quota)) for _ in range(_SUBMITTERS)]
        while desk.score.injected < wanted or desk.score.accepted < count:
            quota.allow(desk.score.injected + 1)
            await _one_life(stage, desk, rng)
            stage.advance("kills", desk.score.injected / wanted)
        for submitter in submitters:
            submitter.cancel()
        await asyncio.gather(*submitters, return_exceptions=True)
        await finish(desk, stage.engines.start(desk.data))
    return desk.score


async def _one_life(stage: Stage, desk: Desk, rng: random.Random) -> None:
    way = rng.random()
    at_failpoint = way < _AT_FAILPOINTS
    failpoint = f"{rng.choice(list(Failpoint))}:{rng.randint(1, 40)}" if at_failpoint else ""
    engine = stage.engines.start(desk.data, failpoint)
    if way < 1 - _WHILE_STARTING:
        await _serving(desk, engine)
    await engine.wait_ended(rng.uniform(0, _LONGEST_LIFE))
    await engine.kill()
    desk.score.injected += 1


async def _serving(desk: Desk, engine: Engine) -> None:
    """Return when the engine answers, or has ended before that."""

    async def answer() -> None:
        async with desk.client():
            return

    answered = asyncio.create_task(answer())
    ended = asyncio.create_task(engine.wait_ended(_LONGEST_START))
    await asyncio.wait((answered, ended), return_when=asyncio.FIRST_COMPLETED)
    for waiting in (answered, ended):
        waiting.cancel()


class _Quota:
    """Spreads the submissions over the lives, so that each has something to do."""

    def __init__(self, count: int, lives: int) -> None:
        self._share = count / lives
        self._allowed = 0
        self._given = 0
        self._more = asyncio.Event()

    def allow(self, lives: int) -> None:
        """So many lives have begun."""
        self._allowed = round(lives * self._share) + 1
        self._more.set()

    async def take(self) -> None:
        """Return when one more may be submitted."""
        while self._given >= self._allowed:
            self._more.clear()
            await self._more.wait()
        self._given += 1

    def give_back(self) -> None:
        """It was not accepted."""
        self._given -= 1
        self._more.set()


async def _submit(desk: Desk, quota: _Quota) -> None:
    while True:
        with contextlib.suppress(ConnectionLostError):
            async with desk.client() as client:
                while True:
                    await quota.take()
                    accepted = False
                    try:
                        accepted = await desk.submit(client)
                    finally:
                        if not accepted:
                            quota.give_back()
