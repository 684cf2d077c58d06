"""Teams of an organization."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from tasktrail.api.answer import json_answer
from tasktrail.api.credentials import SignedIn
from tasktrail.api.paging import Paging
from tasktrail.api.path_id import TeamId, UserId
from tasktrail.api.route import answers
from tasktrail.api.services import Own
from tasktrail.api.shapes.shape import Accepted
from tasktrail.api.shapes.team import Made, NewTeam, TeamList
from tasktrail.store.identity.teams import Team


@answers(shape=TeamList)
async def list_teams(own: Own, caller: SignedIn, page: Paging) -> Response:
    """List teams

    With their members, by name.
    """
    found = await own.identities.teams.list(caller)
    names = {one.user_id: one.name for one in await own.identities.members.list(caller)}
    return json_answer(page.of([_present(one, names) for one in found]))


@answers(shape=Made, status=HTTPStatus.CREATED, refusals=(HTTPStatus.CONFLICT,))
async def create_team(own: Own, caller: SignedIn, wish: NewTeam) -> Response:
    """Make a team

    Without members at first.
    """
    made = await own.identities.teams.create(caller, name=wish.name)
    content = {"success": True, "taskId": made.task_id, "id": made.value.id}
    return json_answer(content, HTTPStatus.CREATED)


@answers(shape=Accepted, refusals=(HTTPStatus.CONFLICT,))
async def change_team(own: Own, caller: SignedIn, team_id: TeamId, wish: NewTeam) -> Response:
    """Rename a team

    Its members and rights stay.
    """
    changed = await own.identities.teams.change(caller, team_id, name=wish.name)
    return json_answer({"success": True, "taskId": changed.task_id})


@answers(shape=Accepted)
async def remove_team(own: Own, caller: SignedIn, team_id: TeamId) -> Response:
    """Remove a team

    With the rights that it gave; its members stay members of the organization.
    """
    changed = await own.identities.teams.remove(caller, team_id)
    return json_answer({"success": True, "taskId": changed.task_id})


@answers(shape=Accepted)
async def add_team_member(own: Own, caller: SignedIn, team_id: TeamId, user_id: UserId) -> Response:
    """Put a member into a team

    Who is in it already stays there.
    """
    changed = await own.identities.teams.add_member(caller, team_id, user_id)
    return json_answer({"success": True, "taskId": changed.task_id})


@answers(shape=Accepted)
async def remove_team_member(
    own: Own, caller: SignedIn, team_id: TeamId, user_id: UserId
) -> Response:
    """Take a member out of a team

    With the rights that came through it.
    """
    changed = await own.identities.teams.remove_member(caller, team_id, user_id)
    return json_answer({"success": True, "taskId": changed.task_id})


def _present(team: Team, names: Mapping[int, str]) -> dict[str, Any]:
    # Who has left the organization since the team was read is not in it any more, either.
    here = [user_id for user_id in team.user_ids if user_id in names]
    return {
        "id": team.id,
        "name": team.name,
        "members": [{"userId": user_id, "name": names[user_id]} for user_id in here],
    }
