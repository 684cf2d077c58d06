"""API keys: only digests of their secrets are here."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from tasktrail.model.credential import KeyKind
from tasktrail.model.instant import Instant
from tasktrail.store.identity.record import record_of
from tasktrail.store.identity.tables import api_keys, users


class ApiKey(Struct, frozen=True, kw_only=True):
    """An API key of an organization.

    Attributes:
        user_id: its maker; None for a key that was made at the machine itself.
        user_name: the maker's name now.
        prefix: the first characters of the secret, by which its owner knows it again.
        digest: of the secret.
    """

    id: int
    organization_id: int
    kind: KeyKind
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


_COLUMNS = (*api_keys.c, users.c.name.label("user_name"))
_FROM = api_keys.outerjoin(users, users.c.id == api_keys.c.user_id)


def add_key(
    connection: Connection,
    *,
    organization_id: int,
    kind: KeyKind,
    user_id: int | None,
    name: str,
    now: Instant,
    expires_at: Instant | None,
) -> int:
    """Enter a key without its secret, which needs the id; returns that."""
    return connection.execute(
        insert(api_keys)
        .values(
            organization_id=organization_id,
            kind=str(kind),
            user_id=user_id,
            name=name,
            prefix="",
            digest="",
            created_at=now,
            expires_at=expires_at,
        )
        .returning(api_keys.c.id)
    ).scalar_one()


def set_secret(connection: Connection, key_id: int, *, prefix: str, digest: str) -> None:
    """Give a new key its secret."""
    connection.execute(
        update(api_keys).where(api_keys.c.id == key_id).values(prefix=prefix, digest=digest)
    )


def find_key(connection: Connection, key_id: int) -> ApiKey | None:
    """The key of that id."""
    found = connection.execute(
        select(*_COLUMNS).select_from(_FROM).where(api_keys.c.id == key_id)
    ).one_or_none()
    return record_of(found, ApiKey) if found is not None else None


def hold_key(connection: Connection, key_id: int) -> ApiKey | None:
    """The key of that id, which nobody revokes until the end of the transaction."""
    connection.execute(
        select(api_keys.c.id).where(api_keys.c.id == key_id).with_for_update(read=True)
    )
    return find_key(connection, key_id)


def keys_of(connection: Connection, organization_id: int, user_id: int | None) -> list[ApiKey]:
    """The keys of an organization, or those that one person has made there; oldest first."""
    query = (
        select(*_COLUMNS).select_from(_FROM).where(api_keys.c.organization_id == organization_id)
    )
    if user_id is not None:
        query = query.where(api_keys.c.user_id == user_id)
    return [record_of(row, ApiKey) for row in connection.execute(query.order_by(api_keys.c.id))]


def revoke_keys(
    connection: Connection,
    now: Instant,
    *,
    key_id: int | None = None,
    user_id: int | None = None,
    organization_id: int | None = None,
) -> int:
    """Revoke the one key, or those that a person has made, there or everywhere; how many."""
    query = update(api_keys).where(api_keys.c.revoked_at.is_(None)).values(revoked_at=now)
    if key_id is None and user_id is None:
        raise ValueError("whose keys?")
    if key_id is not None:
        query = query.where(api_keys.c.id == key_id)
    if user_id is not None:
        query = query.where(api_keys.c.user_id == user_id)
    if organization_id is not None:
        query = query.where(api_keys.c.organization_id == organization_id)
    return connection.execute(query).rowcount


def note_key_used(connection: Connection, key_id: int, now: Instant) -> None:
    """Keep when it was used last."""
    connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(last_used_at=now))
