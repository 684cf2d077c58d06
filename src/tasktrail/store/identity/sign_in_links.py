"""One-time links by which somebody sets a password."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from tasktrail.model.credential import LinkPurpose
from tasktrail.model.instant import Instant
from tasktrail.store.identity.record import record_of
from tasktrail.store.identity.tables import sign_in_links


class SignInLink(Struct, frozen=True, kw_only=True):
    """A link that works once."""

    id: int
    digest: str
    user_id: int
    purpose: LinkPurpose
    created_at: Instant
    expires_at: Instant
    used_at: Instant | None


def add_link(
    connection: Connection,
    *,
    user_id: int,
    purpose: LinkPurpose,
    digest: str,
    now: Instant,
    expires_at: Instant,
) -> int:
    """Enter a link. Earlier ones of the same person do not work any more."""
    spend_links_of(connection, user_id, now)
    return connection.execute(
        insert(sign_in_links)
        .values(
            user_id=user_id,
            purpose=str(purpose),
            digest=digest,
            created_at=now,
            expires_at=expires_at,
        )
        .returning(sign_in_links.c.id)
    ).scalar_one()


def usable_link(connection: Connection, digest: str, now: Instant) -> SignInLink | None:
    """The link with that digest that was not used yet and has not expired."""
    found = connection.execute(
        select(sign_in_links).where(
            sign_in_links.c.digest == digest,
            sign_in_links.c.used_at.is_(None),
            sign_in_links.c.expires_at > now,
        )
    ).one_or_none()
    return record_of(found, SignInLink) if found is not None else None


def spend_link(connection: Connection, link_id: int, now: Instant) -> bool:
    """Use a link; False when somebody else has used it meanwhile."""
    spent = connection.execute(
        update(sign_in_links)
        .where(sign_in_links.c.id == link_id, sign_in_links.c.used_at.is_(None))
        .values(used_at=now)
    )
    return spent.rowcount > 0


def spend_links_of(connection: Connection, user_id: int, now: Instant) -> None:
    """Let no link of a person work any more."""
    connection.execute(
        update(sign_in_links)
        .where(sign_in_links.c.user_id == user_id, sign_in_links.c.used_at.is_(None))
        .values(used_at=now)
    )


def has_first_owner_link(connection: Connection, user_id: int) -> bool:
    """Whether a person was made at the first start."""
    found = connection.execute(
        select(sign_in_links.c.id).where(
            sign_in_links.c.user_id == user_id,
            sign_in_links.c.purpose == str(LinkPurpose.FIRST_OWNER),
        )
    ).first()
    return found is not None
