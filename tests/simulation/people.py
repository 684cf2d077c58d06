"""What people do to an engine, and what they were promised."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

from simulation.life import Life
from simulation.trace import Trace
from simulation.traits import Traits
from tasktrail.actions.await_end import await_end
from tasktrail.actions.cancel import cancel
from tasktrail.actions.record import Recording, record
from tasktrail.actions.rerun import rerun
from tasktrail.actions.submit import Order, submit
from tasktrail.errors import RefusedError, StoreUnavailableError
from tasktrail.model.access import Actor
from tasktrail.model.author import Author, AuthorKind, Role
from tasktrail.model.caller import operator
from tasktrail.model.instant import Instant, after

ANN = Author(kind=AuthorKind.USER, name="Ann", role=Role.OWNER)

Deed = Callable[[Life], Awaitable[None]]


class People:
    """A script of deeds at fixed times, played to whichever engine lives then."""

    def __init__(
        self,
        chance: Random,
        traits: Traits,
        definitions: list[str],
        clock: Callable[[], Instant],
        live_tasks: Callable[[], list[int]],
        trace: Trace,
    ) -> None:
        self._chance = chance
        self._traits = traits
        self._definitions = definitions
        self._clock = clock
        self._live_tasks = live_tasks
        self._trace = trace
        self.accepted: set[int] = set()
        """Tasks whose acceptance somebody was told of."""
        self.not_before: dict[int, Instant] = {}
        self._script = self._write_script()
        self._busy: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """How many wait for an answer."""
        return len(self._busy)

    def begin(self, life: Life) -> None:
        """Play what is left of the script to a new life."""
        self._busy = set()
        for at, deed in self._script:
            life.loop.call_at(at, self._do, life, at, deed)

    def _write_script(self) -> list[tuple[float, Deed]]:
        chance, traits = self._chance, self._traits
        deeds: list[Deed] = [self._submit] * traits.submissions
        others: list[Deed] = [self._cancel, self._cancel, self._rerun, self._record, self._watch]
        deeds += chance.choices(others, k=traits.meddling)
        return [(chance.random() * traits.span, deed) for deed in deeds]

    def _do(self, life: Life, at: float, deed: Deed) -> None:
        self._script.remove((at, deed))
        work = asyncio.get_running_loop().create_task(self._tried(deed, life))
        self._busy.add(work)
        work.add_done_callback(self._busy.discard)
        if self._chance.random() < 0.05:
            # A client that hangs up.
            life.loop.call_later(self._chance.random() * 0.01, work.cancel)

    async def _tried(self, deed: Deed, life: Life) -> None:
        try:
            await deed(life)
        except RefusedError as refused:
            self._trace.meet("refused")
            self._trace.say("people: refused: {}", refused)
        except StoreUnavailableError:
            self._trace.meet("not taken by the store")

    async def _submit(self, life: Life) -> None:
        chance = self._chance
        definition = await life.library.load(chance.choice(self._definitions), _NOWHERE)
        start = None
        if chance.random() < 0.15:
            start = after(self._clock(), chance.choice((-1.0, 0.001, 5.0)))
        order = Order(definition=definition, forced=chance.random() < 0.15, not_before=start)
        task_id = await submit(life.decisions, life.library, _actor(life), order)
        self._accept(task_id, "submitted")
        if start is not None:
            self.not_before[task_id] = start
        if chance.random() < 0.3:
            await await_end(life.store, life.bulletin, task_id)

    async def _cancel(self, life: Life) -> None:
        task_id, forced = self._some_task(), self._chance.random() < 0.4
        self._trace.say("people: cancel task {}, forced: {}", task_id, forced)
        await cancel(life.decisions, operator(_actor(life)), task_id, forced=forced)
        self._trace.meet("cancels")

    async def _rerun(self, life: Life) -> None:
        forced = self._chance.random() < 0.4
        task_id = self._chance.choice(sorted(self.accepted)) if self.accepted else 1
        again = await rerun(life.decisions, life.library, _actor(life), task_id, forced=forced)
        self._accept(again, "rerun")

    async def _record(self, life: Life) -> None:
        recording = Recording(name="note", title="Something was done")
        self._accept(await record(life.decisions, operator(_actor(life)), recording), "recorded")

    async def _watch(self, life: Life) -> None:
        await await_end(life.store, life.bulletin, self._some_task())

    def _accept(self, task_id: int, how: str) -> None:
        self.accepted.add(task_id)
        self._trace.meet(how)
        self._trace.say("people: {} task {}", how, task_id)

    def _some_task(self) -> int:
        """One that lives, one that was heard of, or one that may not even exist."""
        live = self._live_tasks()
        if live and self._chance.random() < 0.7:
            return self._chance.choice(live)
        return self._chance.randint(1, max(self.accepted, default=0) + 2)


_NOWHERE = Path("/")


def _actor(life: Life) -> Actor:
    return Actor(author=ANN, organization_id=life.organization_id)
