"""The faults: each takes something away for a while, and gives it back."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from score import Score
from stage import LONGEST_START, Stage

from cluster.program import Program

LEASE = 10.0
"""Seconds after which a worker that says nothing has lost its jobs."""

_LONGEST_AWAY = 2.0
_BETWEEN_STARTS = 0.3


class Harm:
    """Does harm at random; whatever is broken just now is left alone until it works again."""

    def __init__(self, stage: Stage, rng: random.Random, score: Score) -> None:
        self.injected: Counter[str] = Counter()
        self.starts: list[float] = []
        """The seconds that each thing took to come back, once it was started again."""
        self._stage = stage
        self._rng = rng
        self._score = score
        self._broken: dict[int, str] = {}
        self._mending: set[asyncio.Task[None]] = set()

    async def one(self) -> None:
        """Do one more of them; what it takes away comes back by itself."""
        fault = self._rng.choices(FAULTS, [fault.weight for fault in FAULTS])[0]
        if await fault.inflict(self):
            self.injected[fault.name] += 1

    @property
    def lost_answers(self) -> int:
        """How many transactions were committed by the server, and cut off before they knew."""
        return sum(proxy.lost_answers for proxy in self._stage.proxies)

    @property
    def broken(self) -> list[str]:
        """What does not work just now."""
        return sorted(self._broken.values())

    async def mended(self) -> None:
        """Return when everything works again, or was complained of."""
        await asyncio.gather(*self._mending)

    async def kill_a_worker(self) -> bool:
        """SIGKILL; started again after a moment."""
        return self._take(self._stage.workers, self._killed)

    async def kill_a_control_process(self) -> bool:
        """SIGKILL; started again after a moment."""
        return self._take([one.program for one in self._stage.controls], self._killed)

    async def kill_temporal(self) -> bool:
        """SIGKILL to the Temporal server; started again after a moment."""
        return self._take([self._stage.cluster.temporal.program], self._killed)

    async def freeze_a_worker(self) -> bool:
        """SIGSTOP until some seconds after its lease has ended."""
        return self._take(self._stage.workers, self._frozen)

    async def crash_postgresql(self) -> bool:
        """An end at once, of all connections."""
        await asyncio.to_thread(self._stage.server.crash)
        return True

    async def cut_after_commit(self) -> bool:
        """The next COMMIT of a control process is carried out, and never answered."""
        self._rng.choice(self._stage.proxies).lose_next_answer()
        return True

    def _take(
        self, programs: list[Program], break_it: Callable[[Program], Awaitable[None]]
    ) -> bool:
        whole = [one for one in programs if id(one) not in self._broken]
        # What carries out jobs is never gone altogether, nor what decides.
        if not whole or (len(whole) == 1 and len(programs) > 1):
            return False
        chosen = self._rng.choice(whole)
        self._broken[id(chosen)] = chosen.name

        async def mend() -> None:
            await break_it(chosen)
            del self._broken[id(chosen)]

        mending = asyncio.create_task(mend())
        self._mending.add(mending)
        return True

    async def _killed(self, program: Program) -> None:
        program.kill()
        await asyncio.sleep(self._rng.uniform(0, _LONGEST_AWAY))
        await self._supervise(program)

    async def _frozen(self, program: Program) -> None:
        program.freeze()
        await asyncio.sleep(self._rng.uniform(0.8, 1.4) * LEASE)
        program.thaw()

    async def _supervise(self, program: Program) -> None:
        """Start it again and again, as a supervisor does with what leaves because something is
        away. What does not come back at all is complained of, and left."""
        started = time.monotonic()
        while (patience := started + LONGEST_START - time.monotonic()) > 0:
            try:
                await program.start(patience)
            except AssertionError:
                await asyncio.sleep(_BETWEEN_STARTS)
            else:
                self.starts.append(time.monotonic() - started)
                return
        self._score.complain(
            f"{program.name} did not come back within {LONGEST_START:g} s; its last words:\n"
            f"{program.last_words}"
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of harm, and how often it is chosen. `inflict` says whether it was possible."""

    name: str
    weight: int
    inflict: Callable[[Harm], Awaitable[bool]]


FAULTS = (
    Fault("worker killed", 8, Harm.kill_a_worker),
    Fault("worker frozen past its lease", 3, Harm.freeze_a_worker),
    Fault("control process killed", 5, Harm.kill_a_control_process),
    Fault("Temporal killed", 3, Harm.kill_temporal),
    Fault("PostgreSQL crashed", 3, Harm.crash_postgresql),
    Fault("connection cut after COMMIT", 6, Harm.cut_after_commit),
)
