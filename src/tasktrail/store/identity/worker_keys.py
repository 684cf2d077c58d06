"""Keys of workers: only digests of their secrets are here."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from tasktrail.model.instant import Instant
from tasktrail.store.identity.record import record_of
from tasktrail.store.identity.tables import users, worker_keys


class WorkerKey(Struct, frozen=True, kw_only=True):
    """A key with which workers of one pool get jobs.

    Attributes:
        user_id: its maker; None for a key that was made at the machine itself.
        user_name: the maker's name now.
        prefix: the first characters of the secret, by which its owner knows it again.
        digest: of the secret.
    """

    id: int
    organization_id: int
    pool: str
    user_id: int | None
    user_name: str | None
    name: str
    prefix: str
    digest: str
    created_at: Instant
    expires_at: Instant | None
    last_used_at: Instant | None
    revoked_at: Instant | None

    def usable(self, now: Instant) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


_SELECT = select(*worker_keys.c, users.c.name.label("user_name")).select_from(
    worker_keys.outerjoin(users, users.c.id == worker_keys.c.user_id)
)


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
    return connection.execute(
        insert(worker_keys)
        .values(
            organization_id=organization_id,
            pool=pool,
            user_id=user_id,
            name=name,
            prefix="",
            digest="",
            created_at=now,
            expires_at=expires_at,
        )
        .returning(worker_keys.c.id)
    ).scalar_one()


def set_worker_secret(connection: Connection, key_id: int, *, prefix: str, digest: str) -> None:
    """Give a new key its secret."""
    connection.execute(
        update(worker_keys).where(worker_keys.c.id == key_id).values(prefix=prefix, digest=digest)
    )


def find_worker_key(connection: Connection, key_id: int) -> WorkerKey | None:
    """The key of that id."""
    found = connection.execute(_SELECT.where(worker_keys.c.id == key_id)).one_or_none()
    return record_of(found, WorkerKey) if found is not None else None


def all_worker_keys(connection: Connection) -> list[WorkerKey]:
    """The keys of all pools, revoked ones too; oldest first."""
    found = connection.execute(_SELECT.order_by(worker_keys.c.id))
    return [record_of(row, WorkerKey) for row in found]


def revoke_worker_key(connection: Connection, key_id: int, now: Instant) -> None:
    """Let the key be nothing from now on, if it is not revoked already."""
    connection.execute(
        update(worker_keys)
        .where(worker_keys.c.id == key_id, worker_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def note_worker_key_used(connection: Connection, key_id: int, now: Instant) -> None:
    """Keep when it was used last."""
    connection.execute(
        update(worker_keys).where(worker_keys.c.id == key_id).values(last_used_at=now)
    )
