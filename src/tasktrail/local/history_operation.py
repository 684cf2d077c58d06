"""The operation that removes old histories."""

from __future__ import annotations

from tasktrail.actions.prune_history import HistoryPruning, present_forgotten
from tasktrail.local import request
from tasktrail.local.arguments import read_arguments
from tasktrail.local.transport import JsonObject
from tasktrail.model.access import Actor


class PruneHistoryOperation:
    """Removes histories as `keeper`, or says which would go."""

    def __init__(self, pruning: HistoryPruning, keeper: Actor) -> None:
        self._pruning = pruning
        self._keeper = keeper

    async def prune(self, arguments: JsonObject) -> object:
        """Do either."""
        wanted = read_arguments(arguments, request.HistoryPruning)
        do = self._pruning.plan if wanted.dry_run else self._pruning.prune
        return present_forgotten(await do(self._keeper, wanted.older_than))
