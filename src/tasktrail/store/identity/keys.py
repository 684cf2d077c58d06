"""API keys: only digests of their secrets are here."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from tasktrail.model.credential import KeyKind
from tasktrail.model.instant import Instant
from tasktrail.store.identity.secret_key import KeyTable, SecretKey
from tasktrail.store.identity.tables import api_keys


class ApiKey(SecretKey, frozen=True, kw_only=True):
    """An API key of an organization."""

    kind: KeyKind


_KEYS = KeyTable(api_keys, ApiKey)


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
    return _KEYS.add(
        connection,
        {
            "organization_id": organization_id,
            "kind": str(kind),
            "user_id": user_id,
            "name": name,
            "created_at": now,
            "expires_at": expires_at,
        },
    )


def set_secret(connection: Connection, key_id: int, *, prefix: str, digest: str) -> None:
    """Give a new key its secret."""
    _KEYS.set_secret(connection, key_id, prefix, digest)


def find_key(connection: Connection, key_id: int) -> ApiKey | None:
    """The key of that id."""
    return _KEYS.find(connection, key_id)


def hold_key(connection: Connection, key_id: int) -> ApiKey | None:
    """The key of that id, which nobody revokes until the end of the transaction."""
    connection.execute(
        select(api_keys.c.id).where(api_keys.c.id == key_id).with_for_update(read=True)
    )
    return find_key(connection, key_id)


def keys_of(connection: Connection, organization_id: int, user_id: int | None) -> list[ApiKey]:
    """The keys of an organization, or those that one person has made there; oldest first."""
    query = _KEYS.all.where(api_keys.c.organization_id == organization_id)
    if user_id is not None:
        query = query.where(api_keys.c.user_id == user_id)
    return _KEYS.found(connection, query)


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
    _KEYS.note_used(connection, key_id, now)
