"""The operation that removes old logs."""

from __future__ import annotations

from tasktrail.actions.prune_logs import LogPruning, present_pruned
from tasktrail.local import request
from tasktrail.local.arguments import read_arguments
from tasktrail.local.transport import JsonObject
from tasktrail.model.access import Actor
from tasktrail.model.retention import Retention


class PruneOperation:
    """Removes what `configured` does not keep, or what the request says instead, as `keeper`."""

    def __init__(self, pruning: LogPruning, configured: Retention, keeper: Actor) -> None:
        self._pruning = pruning
        self._configured = configured
        self._keeper = keeper

    async def prune(self, arguments: JsonObject) -> object:
        """Remove them, or say what would be removed."""
        wanted = read_arguments(arguments, request.Pruning)
        configured = self._configured
        retention = Retention(
            age=configured.age if wanted.older_than is None else wanted.older_than,
            size=configured.size if wanted.keep_size is None else wanted.keep_size,
        )
        work = self._pruning.plan if wanted.dry_run else self._pruning.prune
        return present_pruned(await work(self._keeper, retention))
