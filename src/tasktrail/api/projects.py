"""Projects, and who may do what in them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from tasktrail.api.answer import json_answer
from tasktrail.api.credentials import SignedIn
from tasktrail.api.paging import Paging
from tasktrail.api.path_id import GrantId, ProjectId
from tasktrail.api.route import answers
from tasktrail.api.services import Own
from tasktrail.api.shapes.project import (
    GrantList,
    NewGrant,
    NewProject,
    ProjectList,
    ProjectOfOrganization,
)
from tasktrail.api.shapes.shape import Accepted
from tasktrail.api.shapes.team import Made
from tasktrail.model.access import Actor, ProjectRole
from tasktrail.model.instant import to_rfc3339
from tasktrail.store.identity.project_grants import ProjectGrant
from tasktrail.store.identity.projects import Project


@answers(shape=ProjectList)
async def list_projects(own: Own, caller: SignedIn, page: Paging) -> Response:
    """List projects

    Those that you may see, by name.
    """
    found = await own.identities.projects.list(caller)
    return json_answer(page.of([_present(one, caller.actor) for one in found]))


@answers(shape=Made, status=HTTPStatus.CREATED, refusals=(HTTPStatus.CONFLICT,))
async def create_project(own: Own, caller: SignedIn, wish: NewProject) -> Response:
    """Make a project

    For owners and admins; nobody else sees it until it is granted.
    """
    made = await own.identities.projects.create(caller, name=wish.name)
    content = {"success": True, "taskId": made.task_id, "id": made.value.id}
    return json_answer(content, HTTPStatus.CREATED)


@answers(shape=ProjectOfOrganization)
async def get_project(own: Own, caller: SignedIn, project_id: ProjectId) -> Response:
    """Get a project

    With what you were granted in it.
    """
    found = await own.identities.projects.show(caller, project_id)
    return json_answer(_present(found, caller.actor))


@answers(shape=Accepted, refusals=(HTTPStatus.CONFLICT,))
async def change_project(
    own: Own, caller: SignedIn, project_id: ProjectId, wish: NewProject
) -> Response:
    """Rename a project

    By admins of the project, and by owners and admins of the organization.
    """
    changed = await own.identities.projects.rename(caller, project_id, name=wish.name)
    return json_answer({"success": True, "taskId": changed.task_id})


@answers(shape=GrantList)
async def list_grants(own: Own, caller: SignedIn, page: Paging, project_id: ProjectId) -> Response:
    """List what was granted in a project

    To people and to teams. Owners and admins of the organization need no grants.
    """
    found = await own.identities.projects.grants(caller, project_id)
    return json_answer(page.of([_present_grant(one) for one in found]))


@answers(shape=Made)
async def put_grant(own: Own, caller: SignedIn, project_id: ProjectId, wish: NewGrant) -> Response:
    """Grant a role in a project

    To a member or to a team, in place of the one that it has there; `id` is of the grant.
    """
    changed = await own.identities.projects.grant(
        caller,
        project_id,
        ProjectRole[wish.role.upper()],
        user_id=wish.user_id,
        team_id=wish.team_id,
    )
    return json_answer({"success": True, "taskId": changed.task_id, "id": changed.value.id})


@answers(shape=Accepted)
async def delete_grant(
    own: Own, caller: SignedIn, project_id: ProjectId, grant_id: GrantId
) -> Response:
    """Take a role in a project back

    At once: tasks of who may not run them any more do not start.
    """
    changed = await own.identities.projects.revoke(caller, project_id, grant_id)
    return json_answer({"success": True, "taskId": changed.task_id})


def _present(project: Project, actor: Actor) -> dict[str, Any]:
    return {
        "id": project.id,
        "name": project.name,
        "role": _role(actor.projects.get(project.id)),
        "createdAt": to_rfc3339(project.created_at),
    }


def _present_grant(grant: ProjectGrant) -> dict[str, Any]:
    return {
        "id": grant.id,
        "userId": grant.user_id,
        "teamId": grant.team_id,
        "name": grant.user_name if grant.team_id is None else grant.team_name,
        "role": _role(grant.role),
    }


def _role(role: ProjectRole | None) -> str | None:
    return None if role is None else role.name.lower()
