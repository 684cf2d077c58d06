"""People who may be known here."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, func, insert, select, update

from tasktrail.model.instant import Instant
from tasktrail.store.identity.record import record_of
from tasktrail.store.identity.tables import users


class User(Struct, frozen=True, kw_only=True):
    """A person.

    Attributes:
        email: in lower case; nobody else has it.
        password_hash: None for who cannot sign in by a password.
        staff: of the platform's support staff, and so able to be support in an organization.
        failed_sign_ins: since the last one that went well.
        locked_until: until then no password is accepted.
    """

    id: int
    email: str
    name: str
    password_hash: str | None
    staff: bool
    created_at: Instant
    disabled_at: Instant | None
    failed_sign_ins: int
    locked_until: Instant | None


def add_user(connection: Connection, *, email: str, name: str, staff: bool, now: Instant) -> User:
    """Enter a person who cannot sign in yet."""
    return record_of(
        connection.execute(
            insert(users)
            .values(email=email, name=name, staff=staff, created_at=now)
            .returning(users)
        ).one(),
        User,
    )


def find_user(connection: Connection, user_id: int) -> User | None:
    """The person of that id."""
    found = connection.execute(select(users).where(users.c.id == user_id)).one_or_none()
    return record_of(found, User) if found is not None else None


def hold_user(connection: Connection, user_id: int) -> None:
    """Let nobody else disable a person, or let it in again, until the end of the transaction."""
    query = select(users.c.id).where(users.c.id == user_id)
    connection.execute(query.with_for_update(key_share=True))


def find_user_by_email(connection: Connection, email: str) -> User | None:
    """The person with that email, which is in lower case."""
    found = connection.execute(select(users).where(users.c.email == email)).one_or_none()
    return record_of(found, User) if found is not None else None


def all_users(connection: Connection) -> list[User]:
    """Everybody, in the order in which they came."""
    return [record_of(row, User) for row in connection.execute(select(users).order_by(users.c.id))]


def user_count(connection: Connection) -> int:
    """How many people there are, disabled ones included."""
    return connection.execute(select(func.count()).select_from(users)).scalar_one()


def set_password(connection: Connection, user_id: int, password_hash: str) -> None:
    """Give a person a password; who was locked out is so no more."""
    connection.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(password_hash=password_hash, failed_sign_ins=0, locked_until=None)
    )


def set_name_and_email(connection: Connection, user_id: int, *, name: str, email: str) -> None:
    """Call a person something else."""
    connection.execute(update(users).where(users.c.id == user_id).values(name=name, email=email))


def set_staff(connection: Connection, user_id: int, *, staff: bool) -> None:
    """Say whether a person is of the platform's support staff."""
    connection.execute(update(users).where(users.c.id == user_id).values(staff=staff))


def set_disabled(connection: Connection, user_id: int, at: Instant | None) -> None:
    """Disable a person, or with None let it in again."""
    connection.execute(update(users).where(users.c.id == user_id).values(disabled_at=at))


def note_failed_sign_in(connection: Connection, user_id: int) -> int:
    """Count a sign-in that failed; how many there are since the last that went well."""
    return connection.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(failed_sign_ins=users.c.failed_sign_ins + 1)
        .returning(users.c.failed_sign_ins)
    ).scalar_one()


def lock_user(connection: Connection, user_id: int, until: Instant) -> None:
    """Accept no password of a person until then."""
    connection.execute(update(users).where(users.c.id == user_id).values(locked_until=until))


def note_signed_in(connection: Connection, user_id: int) -> None:
    """A sign-in went well: failures count anew."""
    connection.execute(
        update(users).where(users.c.id == user_id).values(failed_sign_ins=0, locked_until=None)
    )
