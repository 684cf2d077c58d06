"""Whether the records answer, and what they say is alive."""

from __future__ import annotations

from tasktrail.model.status import Status
from tasktrail.store.store import Store
from tasktrail.store.task_views import live_counts


async def store_answers(store: Store) -> None:
    """Ask the store for something small.

    Raises:
        StoreUnavailableError: it does not answer.
    """
    await store.read(lambda _connection: None)


async def live_tasks(store: Store) -> dict[Status, int]:
    """How many tasks have not ended, by status, in all organizations."""
    return await store.read(live_counts)
