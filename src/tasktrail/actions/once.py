"""Requests that may be sent twice and are done once (rest-contract.md, `Idempotency-Key`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tasktrail.actions.ledger import Ledger
from tasktrail.errors import ConflictError
from tasktrail.store.identity.idempotency import Made, find_made, note_made
from tasktrail.store.store import Connection, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A request that is done once.

    `actor_key` says whose key it is: another person's same key is another key. `digest` is of the
    request: a key names one request.
    """

    organization_id: int
    actor_key: str
    key: str
    digest: str


async def made_before(store: Store, once: Once | None) -> int | None:
    """The task that the same request has made before, whatever has changed since.

    Raises:
        ConflictError: the key was used for another request.
    """
    if once is None:
        return None
    return await store.read(lambda connection: _found(connection, once))


def enter_once(ledger: Ledger, once: Once | None, enter: Callable[[Ledger], int]) -> int:
    """Enter a task, or find the one that the same request has entered; its id.

    Raises:
        ConflictError: the key was used for another request.
    """
    if once is None:
        return enter(ledger)
    connection = ledger.transaction.connection
    found = _found(connection, once)
    if found is not None:
        return found
    task_id = enter(ledger)
    note_made(
        ledger.transaction.connection,
        once.organization_id,
        once.actor_key,
        once.key,
        Made(once.digest, task_id),
        ledger.now,
    )
    return task_id


def _found(connection: Connection, once: Once) -> int | None:
    made = find_made(connection, once.organization_id, once.actor_key, once.key)
    if made is None:
        return None
    if made.digest != once.digest:
        raise ConflictError(
            "this idempotency key was used for another request", hint="use a new key for each"
        )
    return made.task_id
