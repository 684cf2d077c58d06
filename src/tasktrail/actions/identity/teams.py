"""Teams: members of an organization who are given rights in projects together."""

from __future__ import annotations

from collections.abc import Iterable

from tasktrail.actions.identity.change import Changed, Changes, Deed
from tasktrail.actions.identity.require import require, to
from tasktrail.actions.identity.text import check, name_problem, plain
from tasktrail.actions.ledger import Ledger
from tasktrail.errors import ConflictError, InvalidInputError, NotFoundError, Problem
from tasktrail.model.access import Actor
from tasktrail.model.caller import Caller
from tasktrail.model.permission import Permission
from tasktrail.store.identity.memberships import find_member
from tasktrail.store.identity.teams import (
    Team,
    add_team,
    find_team,
    remove_team,
    rename_team,
    set_team_members,
    team_named,
    teams_of,
)
from tasktrail.store.store import Connection

_NEED = to(Permission.MANAGE_TEAMS)


class Teams:
    """The teams of the organization of a caller."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    async def list(self, caller: Caller) -> list[Team]:
        """All teams with their members, by name.

        Raises:
            NotAllowedError: the caller may not see them.
        """
        require(caller.actor, Permission.SEE_TEAMS)
        return await self._changes.store.read(
            lambda connection: teams_of(connection, caller.actor.organization_id)
        )

    async def create(
        self, caller: Caller, *, name: str, user_ids: Iterable[int] = ()
    ) -> Changed[Team]:
        """Make a team.

        Raises:
            InvalidInputError: the name is none, or somebody is no member of the organization.
            NotAllowedError: the caller may not.
            ConflictError: there is one of that name.
        """
        name, wanted = plain(name), set(user_ids)
        check((name_problem("name", name),))

        def apply(ledger: Ledger, now: Caller) -> tuple[Team, Deed]:
            connection, actor = ledger.transaction.connection, now.actor
            _check_free(connection, actor, name)
            team_id = add_team(connection, actor.organization_id, name, ledger.now)
            names = _set_members(connection, actor, team_id, wanted)
            title = f"Team {name} was made" + (f": {', '.join(names)}" if names else "")
            return _found(connection, actor, team_id), Deed(name="team.create", title=title[:1000])

        return await self._changes.change(caller, _NEED, apply)

    async def change(
        self,
        caller: Caller,
        team_id: int,
        *,
        name: str | None = None,
        user_ids: Iterable[int] | None = None,
    ) -> Changed[Team]:
        """Give a team another name, or exactly these members. None leaves it as it is.

        Raises:
            NotFoundError: there is no such team.
            InvalidInputError, NotAllowedError, ConflictError: as for `create`.
        """
        wanted = None if user_ids is None else set(user_ids)
        if name is not None:
            name = plain(name)
            check((name_problem("name", name),))

        def apply(ledger: Ledger, now: Caller) -> tuple[Team, Deed]:
            connection, actor = ledger.transaction.connection, now.actor
            before = _found(connection, actor, team_id)
            said: list[str] = []
            if name is not None and name != before.name:
                _check_free(connection, actor, name)
                rename_team(connection, team_id, name)
                said.append(f"is called {name} now")
            if wanted is not None and wanted != set(before.user_ids):
                names = _set_members(connection, actor, team_id, wanted)
                said.append(f"has these members now: {', '.join(names) or 'none'}")
            title = f"Team {before.name} {' and '.join(said) or 'was left as it is'}"
            return _found(connection, actor, team_id), Deed(name="team.change", title=title[:1000])

        return await self._changes.change(caller, _NEED, apply)

    async def add_member(self, caller: Caller, team_id: int, user_id: int) -> Changed[Team]:
        """Put a member of the organization into a team; who is in it already stays there.

        Raises:
            NotFoundError: there is no such team or member.
            NotAllowedError: the caller may not.
        """
        return await self._change_members(caller, team_id, user_id, inside=True)

    async def remove_member(self, caller: Caller, team_id: int, user_id: int) -> Changed[Team]:
        """Take somebody out of a team.

        Raises:
            NotFoundError: there is no such team, or nobody such in it.
            NotAllowedError: the caller may not.
        """
        return await self._change_members(caller, team_id, user_id, inside=False)

    async def remove(self, caller: Caller, team_id: int) -> Changed[Team]:
        """Remove a team, and the rights that it gave.

        Raises:
            NotFoundError: there is no such team.
            NotAllowedError: the caller may not.
        """

        def apply(ledger: Ledger, now: Caller) -> tuple[Team, Deed]:
            connection, actor = ledger.transaction.connection, now.actor
            team = _found(connection, actor, team_id)
            remove_team(connection, team_id)
            return team, Deed(name="team.remove", title=f"Team {team.name} was removed")

        return await self._changes.change(caller, _NEED, apply)

    async def _change_members(
        self, caller: Caller, team_id: int, user_id: int, *, inside: bool
    ) -> Changed[Team]:

        def apply(ledger: Ledger, now: Caller) -> tuple[Team, Deed]:
            connection, actor = ledger.transaction.connection, now.actor
            before = _found(connection, actor, team_id)
            member = find_member(connection, actor.organization_id, user_id)
            if member is None or (not inside and user_id not in before.user_ids):
                raise NotFoundError(f"there is no member {user_id}")
            set_team_members(
                connection,
                team_id,
                {*before.user_ids, user_id} if inside else {*before.user_ids} - {user_id},
            )
            what = "is in the team" if inside else "is no more in the team"
            deed = Deed(name="team.change", title=f"{member.name} {what} {before.name}")
            return _found(connection, actor, team_id), deed

        return await self._changes.change(caller, _NEED, apply)


def _found(connection: Connection, actor: Actor, team_id: int) -> Team:
    team = find_team(connection, actor.organization_id, team_id)
    if team is None:
        raise NotFoundError(f"there is no team {team_id}")
    return team


def _check_free(connection: Connection, actor: Actor, name: str) -> None:
    if team_named(connection, actor.organization_id, name) is not None:
        raise ConflictError(f"there is a team {name!r} already")


def _set_members(
    connection: Connection, actor: Actor, team_id: int, user_ids: set[int]
) -> list[str]:
    """The names of who is in the team now."""
    names: list[str] = []
    problems: list[Problem] = []
    for user_id in sorted(user_ids):
        member = find_member(connection, actor.organization_id, user_id)
        if member is None:
            problems.append(Problem(f"there is no member {user_id}", field="userIds"))
        else:
            names.append(member.name)
    if problems:
        raise InvalidInputError("a team has members only", problems=tuple(problems))
    set_team_members(connection, team_id, user_ids)
    return names
