"""What keys of people and keys of workers are alike in: how they are made, found and used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from msgspec import Struct
from sqlalchemy import Connection, Select, Table, insert, select, update

from tasktrail.model.instant import Instant
from tasktrail.store.identity.record import record_of
from tasktrail.store.identity.tables import users


class SecretKey(Struct, frozen=True, kw_only=True):
    """A key of whose secret only a digest is kept.

    Attributes:
        organization_id: where it was made.
        user_id: its maker; None for a key that was made at the machine itself.
        user_name: the maker's name now.
        prefix: the first characters of the secret, by which its owner knows it again.
        digest: of the secret.
    """

    id: int
    organization_id: int
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


K = TypeVar("K", bound=SecretKey)


class KeyTable(Generic[K]):
    """The keys of one kind, in a table of their own."""

    def __init__(self, table: Table, shape: type[K]) -> None:
        self._table = table
        self._shape = shape

    @property
    def all(self) -> Select[tuple[object, ...]]:
        """The query for all of them, the oldest first."""
        by_maker = self._table.outerjoin(users, users.c.id == self._table.c.user_id)
        columns = (*self._table.c, users.c.name.label("user_name"))
        return select(*columns).select_from(by_maker).order_by(self._table.c.id)

    def add(self, connection: Connection, values: Mapping[str, object]) -> int:
        """Enter a key without its secret, which needs the id; returns that."""
        new = insert(self._table).values(**values, prefix="", digest="")
        return connection.execute(new.returning(self._table.c.id)).scalar_one()

    def set_secret(self, connection: Connection, key_id: int, prefix: str, digest: str) -> None:
        """Give a new key its secret."""
        given = update(self._table).values(prefix=prefix, digest=digest)
        connection.execute(given.where(self._table.c.id == key_id))

    def found(self, connection: Connection, query: Select[tuple[object, ...]]) -> list[K]:
        """The keys of a query that is made of `all`."""
        return [record_of(row, self._shape) for row in connection.execute(query)]

    def find(self, connection: Connection, key_id: int) -> K | None:
        """The key of that id."""
        keys = self.found(connection, self.all.where(self._table.c.id == key_id))
        return keys[0] if keys else None

    def note_used(self, connection: Connection, key_id: int, now: Instant) -> None:
        """Keep when it was used last."""
        used = update(self._table).values(last_used_at=now)
        connection.execute(used.where(self._table.c.id == key_id))
