"""What is done beside the tasks, for as long as an engine works."""

from __future__ import annotations

from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.identity.identities import Identities
from tasktrail.actions.prune_history import HistoryPruning
from tasktrail.bootstrap.beside import begin_beside
from tasktrail.bootstrap.logs import Logs
from tasktrail.config import Config
from tasktrail.engine.history_upkeep import HistoryUpkeep
from tasktrail.engine.list_upkeep import ListUpkeep
from tasktrail.engine.log_upkeep import keep_logs
from tasktrail.engine.support_upkeep import SupportUpkeep
from tasktrail.model.access import Actor
from tasktrail.model.author import robot
from tasktrail.store.store import Store


class Upkeep:
    """Removes old logs, writes segments of lists, closes support access in time, and looks after
    the months of histories."""

    def __init__(
        self,
        config: Config,
        organization_id: int,
        decisions: Decisions,
        logs: Logs,
        histories: HistoryPruning,
        people: Identities,
    ) -> None:
        self._config = config
        self._decisions = decisions
        self._logs = logs
        self._histories = histories
        self._people = people
        self._keeper = Actor(author=robot(config.robot), organization_id=organization_id)

    def begin(self, stack: AsyncExitStack) -> None:
        """Do it from now on: nobody else works on the records."""
        for part in self._parts():
            begin_beside(stack, part)

    def share(self, stack: AsyncExitStack, store: Store) -> None:
        """Do it whenever none of the others who work on the database does."""
        from tasktrail.engine.upkeep_duty import take_duty
        from tasktrail.store.postgresql import PostgresqlStore

        assert isinstance(store, PostgresqlStore), "others work on no other one"
        begin_beside(stack, take_duty(store.upkeep_lock(), self._parts))

    def _parts(self) -> list[Coroutine[Any, Any, object]]:
        decisions, support = self._decisions, self._people.support
        support_upkeep = SupportUpkeep(support, decisions.clock)
        # Others may have opened it.
        self._people.identification.subscribe(support_upkeep.look_again)
        return [
            keep_logs(self._logs.pruning, self._keeper, self._config.retention),
            ListUpkeep(decisions.store, decisions.clock).run(),
            support_upkeep.run(),
            HistoryUpkeep(
                decisions, self._histories, self._keeper, self._config.retention.history
            ).run(),
            *self._live_logs(),
        ]

    def _live_logs(self) -> list[Coroutine[Any, Any, object]]:
        upkeep = self._logs.live_upkeep
        return [] if upkeep is None else [upkeep.run()]
