"""Keys of workers: only digests of their secrets are here."""

from __future__ import annotations

from sqlalchemy import Connection, update

from tasktrail.model.instant import Instant
from tasktrail.store.identity.secret_key import KeyTable, SecretKey
from tasktrail.store.identity.tables import worker_keys


class WorkerKey(SecretKey, frozen=True, kw_only=True):
    """A key with which workers of one pool get jobs."""

    pool: str


_KEYS = KeyTable(worker_keys, WorkerKey)


def add_worker_key(
    connection: Connection,
    *,
    organization_id: int,
    pool: str,
    user_id: int | None,
    name: str,
    now: Instant,
    expires_at: Instant | None,
) -> int:
    """Enter a key without its secret, which needs the id; returns that."""
    return _KEYS.add(
        connection,
        {
            "organization_id": organization_id,
            "pool": pool,
            "user_id": user_id,
            "name": name,
            "created_at": now,
            "expires_at": expires_at,
        },
    )


def set_worker_secret(connection: Connection, key_id: int, *, prefix: str, digest: str) -> None:
    """Give a new key its secret."""
    _KEYS.set_secret(connection, key_id, prefix, digest)


def find_worker_key(connection: Connection, key_id: int) -> WorkerKey | None:
    """The key of that id."""
    return _KEYS.find(connection, key_id)


def all_worker_keys(connection: Connection) -> list[WorkerKey]:
    """The keys of all pools, revoked ones too; oldest first."""
    return _KEYS.found(connection, _KEYS.all)


def revoke_worker_key(connection: Connection, key_id: int, now: Instant) -> bool:
    """Let the key be nothing from now on; whether it was something until then."""
    query = update(worker_keys).where(
        worker_keys.c.id == key_id, worker_keys.c.revoked_at.is_(None)
    )
    return connection.execute(query.values(revoked_at=now)).rowcount > 0


def note_worker_key_used(connection: Connection, key_id: int, now: Instant) -> None:
    """Keep when it was used last."""
    _KEYS.note_used(connection, key_id, now)
