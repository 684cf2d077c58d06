"""What owners have opened to the platform's support, for how long, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, func, insert, select, update

from tasktrail.model.author import Author
from tasktrail.model.instant import Instant
from tasktrail.store.identity.tables import support_grants
from tasktrail.store.rows import json_text

_author = msgspec.json.Decoder(Author)


class SupportGrant(Struct, frozen=True, kw_only=True):
    """Support access to some definitions of an organization.

    `closed_by` is None for one that is open, and for one that has expired.
    """

    id: int
    organization_id: int
    definitions: tuple[str, ...]
    reason: str
    opened_by: Author
    opened_at: Instant
    expires_at: Instant
    closed_at: Instant | None = None
    closed_by: Author | None = None

    def open(self, now: Instant) -> bool:
        """Whether it is in force."""
        return self.closed_at is None and self.expires_at > now


def open_grant(
    connection: Connection,
    *,
    organization_id: int,
    definitions: Iterable[str],
    reason: str,
    by: Author,
    now: Instant,
    expires_at: Instant,
) -> int:
    """Enter a grant; returns its id."""
    return connection.execute(
        insert(support_grants)
        .values(
            organization_id=organization_id,
            definitions=json.dumps(list(definitions)),
            reason=reason,
            opened_by=json_text(by),
            opened_at=now,
            expires_at=expires_at,
        )
        .returning(support_grants.c.id)
    ).scalar_one()


def grants_of(connection: Connection, organization_id: int) -> list[SupportGrant]:
    """All grants of an organization, the newest first."""
    found = connection.execute(
        select(support_grants)
        .where(support_grants.c.organization_id == organization_id)
        .order_by(support_grants.c.id.desc())
    )
    return [_grant_of(row) for row in found]


def find_support_grant(
    connection: Connection, organization_id: int, grant_id: int
) -> SupportGrant | None:
    """A grant of an organization."""
    found = connection.execute(
        select(support_grants).where(
            support_grants.c.id == grant_id, support_grants.c.organization_id == organization_id
        )
    ).one_or_none()
    return _grant_of(found) if found is not None else None


def close_grant(connection: Connection, grant_id: int, by: Author | None, now: Instant) -> bool:
    """Close a grant; whether it was not closed before."""
    closed = connection.execute(
        update(support_grants)
        .where(support_grants.c.id == grant_id, support_grants.c.closed_at.is_(None))
        .values(closed_at=now, closed_by=json_text(by) if by is not None else None)
    )
    return closed.rowcount > 0


def expired_grants(connection: Connection, now: Instant) -> list[SupportGrant]:
    """Grants whose time is over and that were not closed, of all organizations."""
    found = connection.execute(
        select(support_grants)
        .where(support_grants.c.closed_at.is_(None), support_grants.c.expires_at <= now)
        .order_by(support_grants.c.id)
    )
    return [_grant_of(row) for row in found]


def next_expiry(connection: Connection) -> Instant | None:
    """When the next open grant expires."""
    found = connection.execute(
        select(func.min(support_grants.c.expires_at)).where(support_grants.c.closed_at.is_(None))
    ).scalar_one_or_none()
    return None if found is None else Instant(found)


def _grant_of(row: Row[Any]) -> SupportGrant:
    return SupportGrant(
        id=row.id,
        organization_id=row.organization_id,
        definitions=tuple(json.loads(row.definitions)),
        reason=row.reason,
        opened_by=_author.decode(row.opened_by),
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        closed_at=row.closed_at,
        closed_by=_author.decode(row.closed_by) if row.closed_by is not None else None,
    )
