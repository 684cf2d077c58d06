"""Which task a request with an idempotency key has made."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from tasktrail.model.instant import Instant, after
from tasktrail.store.identity.tables import idempotency_keys

REMEMBERED = 7 * 86400.0
"""Seconds for which a key is known."""


class Made(NamedTuple):
    """What a key was used for: the digest of the request, and the task that came of it."""

    digest: str
    task_id: int


def find_made(
    connection: Connection, organization_id: int, actor_key: str, key: str
) -> Made | None:
    """What somebody has used a key for in an organization."""
    table = idempotency_keys.c
    found = connection.execute(
        select(table.digest, table.task_id).where(
            table.organization_id == organization_id,
            table.actor_key == actor_key,
            table.key == key,
        )
    ).one_or_none()
    return None if found is None else Made(found.digest, found.task_id)


def note_made(
    connection: Connection,
    organization_id: int,
    actor_key: str,
    key: str,
    made: Made,
    now: Instant,
) -> None:
    """Remember what a key was used for, and forget those that are too old."""
    table = idempotency_keys.c
    connection.execute(delete(idempotency_keys).where(table.created_at < after(now, -REMEMBERED)))
    connection.execute(
        insert(idempotency_keys).values(
            organization_id=organization_id,
            actor_key=actor_key,
            key=key,
            digest=made.digest,
            task_id=made.task_id,
            created_at=now,
        )
    )
