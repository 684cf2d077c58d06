"""Projects, and who may do what in them."""

from __future__ import annotations

from tasktrail.actions.identity.change import Changed, Changes, Deed
from tasktrail.actions.identity.require import anybody, require_on_project, to
from tasktrail.actions.identity.text import check, name_problem, plain
from tasktrail.actions.ledger import Ledger
from tasktrail.errors import ConflictError, InvalidInputError, NotFoundError, Problem
from tasktrail.model.access import Actor, ProjectRole, allows_in_organization
from tasktrail.model.administration import AdministrationName
from tasktrail.model.caller import Caller
from tasktrail.model.permission import Permission
from tasktrail.store.identity.memberships import find_member
from tasktrail.store.identity.project_grants import (
    ProjectGrant,
    find_grant,
    give_role,
    grants_on,
    remove_grant,
)
from tasktrail.store.identity.projects import (
    Project,
    add_project,
    find_project,
    organization_projects,
    project_named,
    rename_project,
)
from tasktrail.store.identity.teams import find_team
from tasktrail.store.store import Connection


class Projects:
    """The projects of the organization of a caller."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    async def list(self, caller: Caller) -> list[Project]:
        """The projects that the caller may see, by name."""
        actor = caller.actor
        everything = allows_in_organization(actor, Permission.SEE_PROJECT)
        return await self._changes.store.read(
            lambda connection: organization_projects(
                connection, actor.organization_id, None if everything else actor.projects
            )
        )

    async def show(self, caller: Caller, project_id: int) -> Project:
        """One project.

        Raises:
            NotFoundError: there is no such project, or none that the caller may see.
        """
        return await self._changes.store.read(
            lambda connection: _found(connection, caller.actor, project_id, Permission.SEE_PROJECT)
        )

    async def create(self, caller: Caller, *, name: str) -> Changed[Project]:
        """Make a project.

        Raises:
            InvalidInputError: the name is none.
            NotAllowedError: the caller may not.
            ConflictError: there is one of that name.
        """
        name = plain(name)
        check((name_problem("name", name),))

        def apply(ledger: Ledger, now: Caller) -> tuple[Project, Deed]:
            connection, actor = ledger.transaction.connection, now.actor
            _check_free(connection, actor, name)
            project_id = add_project(connection, actor.organization_id, name, ledger.now)
            project = _found(connection, actor, project_id, Permission.SEE_PROJECT)
            return project, _deed("project.create", f"Project {name} was made", project)

        return await self._changes.change(caller, to(Permission.CREATE_PROJECT), apply)

    async def rename(self, caller: Caller, project_id: int, *, name: str) -> Changed[Project]:
        """Give a project another name.

        Raises:
            NotFoundError: there is no such project, or none that the caller may see.
            InvalidInputError, NotAllowedError, ConflictError: as for `create`.
        """
        name = plain(name)
        check((name_problem("name", name),))

        def apply(ledger: Ledger, now: Caller) -> tuple[Project, Deed]:
            connection, actor = ledger.transaction.connection, now.actor
            before = _found(connection, actor, project_id, Permission.MANAGE_PROJECT)
            if name != before.name:
                _check_free(connection, actor, name)
                rename_project(connection, project_id, name)
            project = _found(connection, actor, project_id, Permission.MANAGE_PROJECT)
            title = f"Project {before.name} is called {name} now"
            return project, _deed("project.change", title, project)

        return await self._changes.change(caller, anybody, apply)

    async def grants(self, caller: Caller, project_id: int) -> list[ProjectGrant]:
        """Who was given what in a project.

        Raises:
            NotFoundError: there is no such project, or none that the caller may see.
        """

        def query(connection: Connection) -> list[ProjectGrant]:
            project = _found(connection, caller.actor, project_id, Permission.SEE_PROJECT)
            return grants_on(connection, project.id)

        return await self._changes.store.read(query)

    async def grant(
        self,
        caller: Caller,
        project_id: int,
        role: ProjectRole,
        *,
        user_id: int | None = None,
        team_id: int | None = None,
    ) -> Changed[ProjectGrant]:
        """Give a member or a team a role in a project, in place of the one it has.

        Raises:
            NotFoundError: there is no such project, or none that the caller may see.
            InvalidInputError: no such member or team, both or none are given, or the team would
                get more than write.
            NotAllowedError: the caller may not.
        """

        def apply(ledger: Ledger, now: Caller) -> tuple[ProjectGrant, Deed]:
            connection, actor = ledger.transaction.connection, now.actor
            project = _found(connection, actor, project_id, Permission.MANAGE_PROJECT)
            _check_holder(connection, actor, role, user_id, team_id)
            grant_id = give_role(
                connection, project_id, role, ledger.now, user_id=user_id, team_id=team_id
            )
            grant = _found_grant(connection, project_id, grant_id)
            title = f"{grant.holder} has {role.name.lower()} in {project.name} now"
            return grant, _deed("project.grant", title, project)

        return await self._changes.change(caller, anybody, apply)

    async def revoke(self, caller: Caller, project_id: int, grant_id: int) -> Changed[ProjectGrant]:
        """Take a role in a project back.

        Raises:
            NotFoundError: there is no such project or grant, or none that the caller may see.
            NotAllowedError: the caller may not.
        """

        def apply(ledger: Ledger, now: Caller) -> tuple[ProjectGrant, Deed]:
            connection, actor = ledger.transaction.connection, now.actor
            project = _found(connection, actor, project_id, Permission.MANAGE_PROJECT)
            grant = _found_grant(connection, project_id, grant_id)
            remove_grant(connection, grant_id)
            title = f"{grant.holder} has {grant.role.name.lower()} in {project.name} no more"
            return grant, _deed("project.revoke", title, project)

        return await self._changes.change(caller, anybody, apply)


def _found(
    connection: Connection, actor: Actor, project_id: int, permission: Permission
) -> Project:
    project = find_project(connection, actor.organization_id, project_id)
    if project is None:
        raise NotFoundError(f"there is no project {project_id}")
    require_on_project(actor, permission, project_id)
    return project


def _found_grant(connection: Connection, project_id: int, grant_id: int) -> ProjectGrant:
    grant = find_grant(connection, grant_id)
    if grant is None or grant.project_id != project_id:
        raise NotFoundError(f"there is no grant {grant_id} in project {project_id}")
    return grant


def _check_free(connection: Connection, actor: Actor, name: str) -> None:
    if project_named(connection, actor.organization_id, name) is not None:
        raise ConflictError(f"there is a project {name!r} already")


def _check_holder(
    connection: Connection,
    actor: Actor,
    role: ProjectRole,
    user_id: int | None,
    team_id: int | None,
) -> None:
    problem = None
    if (user_id is None) == (team_id is None):
        problem = Problem("give either a member or a team", field="userId")
    elif team_id is not None:
        if find_team(connection, actor.organization_id, team_id) is None:
            problem = Problem(f"there is no team {team_id}", field="teamId")
        elif role > ProjectRole.WRITE:
            problem = Problem("a team has write at most", field="role")
    elif user_id is not None and find_member(connection, actor.organization_id, user_id) is None:
        problem = Problem(f"there is no member {user_id}", field="userId")
    if problem is not None:
        raise InvalidInputError("this cannot be granted", problems=(problem,))


def _deed(name: AdministrationName, title: str, project: Project) -> Deed:
    return Deed(name=name, title=title, project_ids=(project.id,))
