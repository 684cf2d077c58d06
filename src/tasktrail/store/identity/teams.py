"""Teams of organizations, and who is in them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from tasktrail.model.instant import Instant
from tasktrail.store.identity.record import record_of
from tasktrail.store.identity.tables import project_grants, team_members, teams


class Team(Struct, frozen=True, kw_only=True):
    """Some members of an organization under one name."""

    id: int
    organization_id: int
    name: str
    created_at: Instant
    user_ids: tuple[int, ...] = ()


def teams_of(connection: Connection, organization_id: int) -> list[Team]:
    """The teams of an organization with their members, by name."""
    found = connection.execute(
        select(teams).where(teams.c.organization_id == organization_id).order_by(teams.c.name)
    )
    return _with_members(connection, [record_of(row, Team) for row in found])


def find_team(connection: Connection, organization_id: int, team_id: int) -> Team | None:
    """A team of an organization with its members."""
    found = connection.execute(
        select(teams).where(teams.c.id == team_id, teams.c.organization_id == organization_id)
    ).one_or_none()
    if found is None:
        return None
    return _with_members(connection, [record_of(found, Team)])[0]


def team_named(connection: Connection, organization_id: int, name: str) -> int | None:
    """The id of the team of that name."""
    return connection.execute(
        select(teams.c.id).where(teams.c.organization_id == organization_id, teams.c.name == name)
    ).scalar_one_or_none()


def add_team(connection: Connection, organization_id: int, name: str, now: Instant) -> int:
    """Enter a team without members; returns its id."""
    return connection.execute(
        insert(teams)
        .values(organization_id=organization_id, name=name, created_at=now)
        .returning(teams.c.id)
    ).scalar_one()


def rename_team(connection: Connection, team_id: int, name: str) -> None:
    """Give a team another name."""
    connection.execute(update(teams).where(teams.c.id == team_id).values(name=name))


def set_team_members(connection: Connection, team_id: int, user_ids: Iterable[int]) -> None:
    """Let exactly these people be in a team."""
    connection.execute(delete(team_members).where(team_members.c.team_id == team_id))
    rows = [{"team_id": team_id, "user_id": user_id} for user_id in sorted(set(user_ids))]
    if rows:
        connection.execute(insert(team_members), rows)


def remove_team(connection: Connection, team_id: int) -> None:
    """Remove a team, and what was granted to it."""
    connection.execute(delete(project_grants).where(project_grants.c.team_id == team_id))
    connection.execute(delete(team_members).where(team_members.c.team_id == team_id))
    connection.execute(delete(teams).where(teams.c.id == team_id))


def _with_members(connection: Connection, found: list[Team]) -> list[Team]:
    members: dict[int, list[int]] = {}
    for row in connection.execute(
        select(team_members)
        .where(team_members.c.team_id.in_([team.id for team in found]))
        .order_by(team_members.c.user_id)
    ):
        members.setdefault(row.team_id, []).append(row.user_id)
    return [
        Team(
            id=team.id,
            organization_id=team.organization_id,
            name=team.name,
            created_at=team.created_at,
            user_ids=tuple(members.get(team.id, ())),
        )
        for team in found
    ]
