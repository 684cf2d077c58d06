"""One life of an embedded engine, from its start to its end or its death."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from random import Random

from simulation.attempt_watch import AttemptWatch
from simulation.random_library import RandomLibrary
from simulation.random_runner import RandomRunner, RandomSystem, WatchedRunner
from simulation.trace import Trace
from simulation.traits import Traits
from simulation.virtual_loop import VirtualLoop
from simulation.virtual_store import VirtualStore
from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.decisions import Decisions
from tasktrail.engine.embedded import EmbeddedEngine
from tasktrail.engine.recovery import recover
from tasktrail.engine.spawn_runner import SpawnRunner
from tasktrail.engine.workshop import Workshop
from tasktrail.logs.hub import LogHub
from tasktrail.logs.place import LogPlace
from tasktrail.model.instant import Instant
from tasktrail.model.plan import Action, CommandAction, PythonAction, SpawnAction, SystemAction
from tasktrail.runners.step_call import StepRunner
from tasktrail.store.organizations import ensure_organization

LOG_CAP = 1024 * 1024


class Life:
    """A process that owns the database: the engine as `bootstrap` puts it together, but for its
    outside: loop, store, clock and runners."""

    def __init__(
        self,
        loop: VirtualLoop,
        store: VirtualStore,
        watch: AttemptWatch,
        library: RandomLibrary,
        directory: Path,
        clock: Callable[[], Instant],
        chance: Random,
        traits: Traits,
        trace: Trace,
        number: int,
    ) -> None:
        self.loop = loop
        self.store = store
        self._clock = clock
        references = itertools.count(1)
        self._new_reference = lambda: f"r{number}-{next(references)}"
        self.decisions = Decisions(store, clock)
        self.bulletin = Bulletin()
        self.decisions.subscribe(self.bulletin.follow)
        self.library = library
        self._place = LogPlace(directory / "logs")
        steps = RandomRunner(watch, chance, traits)
        system = RandomSystem(steps, chance, traits)
        runners: dict[type[Action], StepRunner] = {
            CommandAction: steps,
            PythonAction: steps,
            SystemAction: system,
        }
        self.engine = EmbeddedEngine(
            self.decisions,
            self.library,
            self.bulletin,
            Workshop(
                runners=runners,
                system=system,
                logs=self._place,
                hub=LogHub(),
                workspaces=directory / "workspaces",
                life=f"life {number}",
                base_environment={},
                clock=clock,
                new_reference=self._new_reference,
                log_cap=LOG_CAP,
            ),
            slots=traits.slots,
        )
        runners[SpawnAction] = WatchedRunner(SpawnRunner(self.engine), watch, trace.meet)
        self.organization_id = 0
        """Set once the engine is ready to take orders."""

    async def open(self) -> None:
        """Settle what the last life left, in the order of `bootstrap`."""
        self.decisions.subscribe(self.engine.follow)
        self.decisions.start_at(self.engine.reserve)
        await recover(self.decisions, self._place, self._new_reference)
        self.organization_id = await self.store.write(
            lambda transaction: ensure_organization(transaction.connection, "acme", self._clock())
        )

    async def close(self, patience: float) -> None:
        """Stop in an orderly way."""
        await self.engine.stop(patience=patience)
        await self.store.aclose()
