"""One schedule: a seed, and everything that comes of it."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from simulation.attempt_watch import AttemptWatch
from simulation.broken import BrokenError, hold
from simulation.life import Life
from simulation.lock_watch import LockWatch
from simulation.memory_database import MemoryDatabase
from simulation.people import People
from simulation.random_library import RandomLibrary
from simulation.random_plans import random_definitions
from simulation.record_watch import RecordWatch
from simulation.second_opinion import ask_for_second_opinion
from simulation.trace import Trace
from simulation.traits import Ending, random_traits
from simulation.virtual_loop import VirtualLoop
from simulation.virtual_store import VirtualStore
from tasktrail.errors import RefusedError, StoreUnavailableError
from tasktrail.logs.place import LogPlace
from tasktrail.model.instant import Instant
from tasktrail.store.group_commit import Waiting

EPOCH = 1_800_000_000
"""Seconds since 1970 at which every schedule begins."""

MOST_CALLBACKS = 300_000
"""After so many callbacks a life that has not ended goes on for ever."""


DEAD_FOR = (0.1, 1.0, 100.0)
"""Seconds between two lives."""

LATE = 60.0
"""Seconds that stopping something may take at most: its grace, and tries on a disk in trouble."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a schedule: what was met, and what was broken, if anything."""

    seed: int
    met: Counter[str]
    broken: str | None


def play(seed: int, database: MemoryDatabase, tell: Callable[[str], None] | None = None) -> Verdict:
    """Play the schedule of `seed`; `tell` gets its trace line by line."""
    trace = Trace(tell)
    with tempfile.TemporaryDirectory(prefix="simulation") as directory, _errors() as errors:
        try:
            _Schedule(seed, database, Path(directory), trace, errors).play()
        except (BrokenError, AssertionError) as broken:
            trace.say("BROKEN: {}", broken)
            return Verdict(seed, trace.met, f"{type(broken).__name__}: {broken}")
    return Verdict(seed, trace.met, None)


class _Schedule:
    def __init__(
        self,
        seed: int,
        database: MemoryDatabase,
        directory: Path,
        trace: Trace,
        errors: list[str],
    ) -> None:
        database.begin_anew()
        self._chance = chance = Random(seed)
        self._database = database
        self._directory = directory
        self._trace = trace
        self._errors = errors
        self._traits = random_traits(chance)
        definitions = random_definitions(chance)
        self._library = RandomLibrary(definitions)
        self._now = 0.0
        self._skew = 0.0
        self._lives = 0
        self._loop: VirtualLoop | None = None
        trace.time = self._time
        self._watch = AttemptWatch(database.sqlite, trace, self._clock, self._time)
        self._records = RecordWatch(database, trace, chance)
        self._locks = LockWatch(database.sqlite, self._watch.plan, trace)
        self._people = People(
            chance,
            self._traits,
            list(definitions),
            self._clock,
            self._records.live_tasks,
            trace,
        )
        if not self._traits.clock_jumps:
            self._watch.not_before = self._people.not_before

    def play(self) -> None:
        """Live one life after the other; the last one ends when nothing is left to happen."""
        self._trace.say("{}", self._traits)
        try:
            for ending in self._traits.lives:
                self._live(ending)
                self._pass_time_between_lives()
            while not self._live(None):
                self._pass_time_between_lives()
        finally:
            if self._loop is not None:
                self._loop.kill()

    def _live(self, ending: Ending | None) -> bool:
        """From a start to the end; returns whether it got to its own end."""
        life = self._begin_life()
        over = self._end_of(life, ending)
        opening = life.loop.create_task(life.open())
        self._go_on(life.loop, lambda: opening.done() or over())
        opened = opening.done() and self._has_started(opening)
        if opened:
            self._people.begin(life)
            self._go_on(life.loop, over)
            self._end_orderly(life, ending)
        self._end(life)
        return opened

    def _end_of(self, life: Life, ending: Ending | None) -> Callable[[], bool]:
        """Whether a life is over by now."""
        if ending is None:
            return lambda: life.loop.callbacks >= MOST_CALLBACKS
        attempts = self._trace.met["attempts"] + ending.attempts
        left = ending.callbacks

        def over() -> bool:
            nonlocal left
            if self._trace.met["attempts"] >= attempts:
                left -= 1
            return left < 0

        return over

    def _has_started(self, opening: asyncio.Task[None]) -> bool:
        error = opening.exception()
        if isinstance(error, StoreUnavailableError):
            self._trace.meet("starts that the store refused")
            return False
        hold(error is None, "the engine does not start: {!r}", error)
        return True

    def _end_orderly(self, life: Life, ending: Ending | None) -> None:
        if ending is None:
            self._check_quiet(life)
        elif ending.patience is None:
            self._trace.meet("crashes")
        else:
            self._stop(life, ending.patience)

    def _check_quiet(self, life: Life) -> None:
        """Nothing is left to happen, so everything has ended and everybody has an answer."""
        hold(life.loop.callbacks < MOST_CALLBACKS, "it goes on for ever")
        hold(not self._watch.running, "nothing will happen, but attempts go on")
        self._records.at_the_end(
            life.store.commits, self._people.accepted, self._watch.begun, self._slack()
        )
        if self._traits.verified:
            ask_for_second_opinion(self._database.connection, LogPlace(self._directory / "logs"))
        hold(self._people.waiting == 0, "{} wait for an answer for ever", self._people.waiting)
        hold(not life.engine.live_tasks, "the engine still minds {}", life.engine.live_tasks)
        hold(life.engine.running_jobs == 0, "the engine still counts running jobs")

    def _stop(self, life: Life, patience: float) -> None:
        self._trace.meet("orderly stops")
        self._trace.say("the engine is stopped, with a patience of {} s", patience)
        closing = life.loop.create_task(life.close(patience))
        most = life.loop.callbacks + MOST_CALLBACKS
        self._go_on(life.loop, lambda: closing.done() or life.loop.callbacks >= most)
        hold(closing.done(), "the engine does not stop")
        hold(closing.exception() is None, "the engine does not stop well: {!r}", closing)
        hold(not self._watch.running, "the engine has stopped, but attempts go on")

    def _end(self, life: Life) -> None:
        """The process is gone, and what it had running is swept away."""
        self._trace.say("---------- the life ends")
        self._now = life.loop.time()
        self._watch.crash()
        life.loop.kill()
        self._loop = None

    def _begin_life(self) -> Life:
        self._loop = loop = VirtualLoop(self._chance, self._now)
        self._lives += 1
        self._trace.say("---------- life {}", self._lives)
        store = VirtualStore(
            self._database,
            loop,
            self._chance,
            trouble=self._traits.disk_trouble,
            committed=self._after_commit,
            met=self._trace.met,
        )
        self._store = store
        if self._traits.clock_jumps:
            loop.call_later(self._chance.random() * self._traits.span, self._jump)
        return Life(
            loop,
            store,
            self._watch,
            self._library,
            self._directory,
            self._clock,
            self._chance,
            self._traits,
            self._trace,
            self._lives,
        )

    def _go_on(self, loop: VirtualLoop, until: Callable[[], bool]) -> None:
        def broken() -> bool:
            return bool(self._watch.broken or loop.failures or self._errors)

        loop.run(lambda: broken() or until())
        if self._watch.broken is not None:
            raise self._watch.broken
        hold(not loop.failures, "nobody took an exception: {}", loop.failures)
        hold(not self._errors, "an error was logged: {}", self._errors)

    def _after_commit(self, group: list[Waiting]) -> None:
        for waiting in group:
            error = waiting.error
            hold(
                error is None or isinstance(error, RefusedError | StoreUnavailableError),
                "a transaction fails with {!r}",
                error,
            )
        self._trace.say("commit of {}", len(group))
        self._watch.after_commit(self._records.after_commit(self._store.commits))
        self._locks.after_commit()
        if self._chance.random() < self._traits.verified:
            ask_for_second_opinion(self._database.connection, LogPlace(self._directory / "logs"))

    def _slack(self) -> float | None:
        if self._traits.clock_jumps:
            return None
        return LATE + (self._lives - 1) * DEAD_FOR[-1]

    def _pass_time_between_lives(self) -> None:
        self._now += self._chance.choice(DEAD_FOR)
        if self._traits.clock_jumps:
            self._jump()

    def _jump(self) -> None:
        self._skew = self._chance.choice((-1000.0, -0.5, 0.0, 5.0, 4000.0))
        self._trace.meet("clock jumps")
        self._trace.say("the clock jumps, and is {} s off", self._skew)

    def _time(self) -> float:
        return self._now if self._loop is None else self._loop.time()

    def _clock(self) -> Instant:
        return Instant(round((EPOCH + self._time() + self._skew) * 1_000_000))


@contextmanager
def _errors() -> Generator[list[str]]:
    """What is logged as an error meanwhile, which nothing that may happen should be."""
    errors: list[str] = []
    logger = logging.getLogger("tasktrail")
    listener = _Listener(errors)
    propagates, logger.propagate = logger.propagate, False
    logger.addHandler(listener)
    try:
        yield errors
    finally:
        logger.removeHandler(listener)
        logger.propagate = propagates


class _Listener(logging.Handler):
    def __init__(self, errors: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._errors = errors
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self._errors.append(self.format(record))
