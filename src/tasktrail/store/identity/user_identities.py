"""By which identities of OpenID providers people are known."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from tasktrail.model.instant import Instant
from tasktrail.store.identity.tables import user_identities


def user_of_identity(connection: Connection, issuer: str, subject: str) -> int | None:
    """The id of the person whom the issuer knows by that subject."""
    return connection.execute(
        select(user_identities.c.user_id).where(
            user_identities.c.issuer == issuer, user_identities.c.subject == subject
        )
    ).scalar_one_or_none()


def knows_user(connection: Connection, issuer: str, user_id: int) -> bool:
    """Whether the issuer knows a person by some subject."""
    found = connection.execute(
        select(user_identities.c.subject)
        .where(user_identities.c.issuer == issuer, user_identities.c.user_id == user_id)
        .limit(1)
    )
    return found.first() is not None


def add_user_identity(
    connection: Connection, *, issuer: str, subject: str, user_id: int, now: Instant
) -> None:
    """Enter that the issuer knows a person by that subject."""
    connection.execute(
        insert(user_identities).values(
            issuer=issuer, subject=subject, user_id=user_id, created_at=now
        )
    )
