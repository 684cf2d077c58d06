"""Sessions of people who have signed in: only digests of their tokens are here."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from tasktrail.model.instant import Instant
from tasktrail.store.identity.record import record_of
from tasktrail.store.identity.tables import sessions


class Session(Struct, frozen=True, kw_only=True):
    """A session, from signing in until it is ended or expires."""

    id: int
    digest: str
    user_id: int
    created_at: Instant
    expires_at: Instant
    last_seen_at: Instant
    ended_at: Instant | None

    def usable(self, now: Instant) -> bool:
        """Whether it has neither ended nor expired."""
        return self.ended_at is None and self.expires_at > now


def add_session(
    connection: Connection, *, user_id: int, digest: str, now: Instant, expires_at: Instant
) -> int:
    """Enter a session; returns its id."""
    return connection.execute(
        insert(sessions)
        .values(
            user_id=user_id,
            digest=digest,
            created_at=now,
            last_seen_at=now,
            expires_at=expires_at,
        )
        .returning(sessions.c.id)
    ).scalar_one()


def find_session(connection: Connection, digest: str) -> Session | None:
    """The session whose token has that digest."""
    found = connection.execute(select(sessions).where(sessions.c.digest == digest)).one_or_none()
    return record_of(found, Session) if found is not None else None


def hold_session(connection: Connection, session_id: int) -> Session | None:
    """The session of that id, which nobody else ends until the end of the transaction."""
    found = connection.execute(
        select(sessions).where(sessions.c.id == session_id).with_for_update(key_share=True)
    ).one_or_none()
    return record_of(found, Session) if found is not None else None


def note_session_seen(connection: Connection, session_id: int, now: Instant) -> None:
    """Keep when it was used last."""
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(last_seen_at=now))


def end_session(connection: Connection, session_id: int, now: Instant) -> bool:
    """End one session; whether it had not ended before."""
    ended = connection.execute(
        update(sessions)
        .where(sessions.c.id == session_id, sessions.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    return ended.rowcount > 0


def end_sessions_of(
    connection: Connection, user_id: int, now: Instant, *, but: int | None = None
) -> int:
    """End all sessions of a person, or all but one; how many."""
    query = update(sessions).where(sessions.c.user_id == user_id, sessions.c.ended_at.is_(None))
    if but is not None:
        query = query.where(sessions.c.id != but)
    return connection.execute(query.values(ended_at=now)).rowcount
