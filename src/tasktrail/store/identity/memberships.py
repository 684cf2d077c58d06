"""Who belongs to which organization, as what."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, delete, exists, func, insert, select, update

from tasktrail.model.author import Role
from tasktrail.model.instant import Instant
from tasktrail.store.identity.record import record_of
from tasktrail.store.identity.tables import (
    memberships,
    team_members,
    teams,
    user_identities,
    users,
)
from tasktrail.store.tables import organizations


class Member(Struct, frozen=True, kw_only=True):
    """A person in an organization. `invited`: with no way to sign in yet, by password or not."""

    organization_id: int
    user_id: int
    email: str
    name: str
    staff: bool
    role: Role
    created_at: Instant
    disabled_at: Instant | None
    invited: bool


class Belonging(Struct, frozen=True, kw_only=True):
    """An organization in which a person is something."""

    organization_id: int
    organization: str
    role: Role


_KNOWN_ELSEWHERE = exists().where(user_identities.c.user_id == users.c.id)

_MEMBERS = select(
    memberships,
    users.c.email,
    users.c.name,
    users.c.staff,
    users.c.disabled_at,
    (users.c.password_hash.is_(None) & ~_KNOWN_ELSEWHERE).label("invited"),
).join_from(memberships, users, users.c.id == memberships.c.user_id)


def members_of(connection: Connection, organization_id: int) -> list[Member]:
    """The members of an organization, by name."""
    found = connection.execute(
        _MEMBERS.where(memberships.c.organization_id == organization_id).order_by(
            users.c.name, users.c.id
        )
    )
    return [record_of(row, Member) for row in found]


def find_member(connection: Connection, organization_id: int, user_id: int) -> Member | None:
    """A person in an organization; None for who is not in it."""
    found = connection.execute(
        _MEMBERS.where(
            memberships.c.organization_id == organization_id, memberships.c.user_id == user_id
        )
    ).one_or_none()
    return record_of(found, Member) if found is not None else None


def belongings_of(connection: Connection, user_id: int) -> list[Belonging]:
    """The organizations in which a person has rights, the first joined first.

    Who is support somewhere without being of the platform's staff has none there.
    """
    found = connection.execute(
        select(
            memberships.c.organization_id,
            organizations.c.name.label("organization"),
            memberships.c.role,
        )
        .join_from(memberships, organizations, organizations.c.id == memberships.c.organization_id)
        .join(users, users.c.id == memberships.c.user_id)
        .where(
            memberships.c.user_id == user_id,
            (memberships.c.role != str(Role.SUPPORT)) | users.c.staff,
        )
        .order_by(memberships.c.created_at, memberships.c.organization_id)
    )
    return [record_of(row, Belonging) for row in found]


def hold_rights(connection: Connection, organization_id: int, *, shared: bool = False) -> None:
    """Let nobody else change the rights in an organization until the end of the transaction.

    Two owners who make each other members at the same time would leave none. `shared` is for who
    only relies on them. On SQLite transactions come one after another anyway.
    """
    query = select(organizations.c.id).where(organizations.c.id == organization_id)
    # New rows that point to the organization need not wait.
    connection.execute(query.with_for_update(read=shared, key_share=not shared))


def owners_beside(connection: Connection, organization_id: int, user_id: int) -> int:
    """How many owners an organization has who can sign in, beside that person."""
    return connection.execute(
        select(func.count())
        .select_from(memberships)
        .join(users, users.c.id == memberships.c.user_id)
        .where(
            memberships.c.organization_id == organization_id,
            memberships.c.role == str(Role.OWNER),
            memberships.c.user_id != user_id,
            users.c.disabled_at.is_(None),
        )
    ).scalar_one()


def add_member(
    connection: Connection, organization_id: int, user_id: int, role: Role, now: Instant
) -> None:
    """Enter a membership that there is not yet."""
    connection.execute(
        insert(memberships).values(
            organization_id=organization_id, user_id=user_id, role=str(role), created_at=now
        )
    )


def set_role(connection: Connection, organization_id: int, user_id: int, role: Role) -> None:
    """Give a member another role."""
    connection.execute(
        update(memberships)
        .where(memberships.c.organization_id == organization_id, memberships.c.user_id == user_id)
        .values(role=str(role))
    )


def remove_member(connection: Connection, organization_id: int, user_id: int) -> None:
    """Take a person out of an organization and its teams; see also `grants` and `keys`."""
    connection.execute(
        delete(memberships).where(
            memberships.c.organization_id == organization_id, memberships.c.user_id == user_id
        )
    )
    connection.execute(
        delete(team_members).where(
            team_members.c.user_id == user_id,
            team_members.c.team_id.in_(
                select(teams.c.id).where(teams.c.organization_id == organization_id)
            ),
        )
    )
