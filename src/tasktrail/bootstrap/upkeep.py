"""What an engine does beside its tasks, for as long as it works."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.identity.identities import Identities
from tasktrail.actions.prune_logs import LogPruning
from tasktrail.config import Config
from tasktrail.engine.list_upkeep import ListUpkeep
from tasktrail.engine.log_upkeep import keep_logs
from tasktrail.engine.support_upkeep import SupportUpkeep
from tasktrail.model.access import Actor
from tasktrail.model.author import robot


def begin_upkeep(
    stack: AsyncExitStack,
    config: Config,
    organization_id: int,
    decisions: Decisions,
    pruning: LogPruning,
    people: Identities,
) -> None:
    """Remove old logs, write segments of lists, and close support access in time."""
    keeper = Actor(author=robot(config.robot), organization_id=organization_id)
    for work in (
        keep_logs(pruning, keeper, config.retention),
        ListUpkeep(decisions.store, decisions.clock).run(),
        SupportUpkeep(people.support, decisions.clock).run(),
    ):
        stack.callback(asyncio.ensure_future(work).cancel)
