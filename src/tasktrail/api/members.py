"""Members of an organization."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tasktrail.api.answer import json_answer
from tasktrail.api.credentials import SignedIn
from tasktrail.api.link import welcome_link
from tasktrail.api.paging import Paging
from tasktrail.api.path_id import UserId
from tasktrail.api.route import answers
from tasktrail.api.services import Own
from tasktrail.api.shapes.member import LinkMade, MemberAdded, MemberList, NewMember, RoleChange
from tasktrail.api.shapes.shape import Accepted
from tasktrail.model.instant import to_rfc3339
from tasktrail.store.identity.memberships import Member


@answers(shape=MemberList)
async def list_members(own: Own, caller: SignedIn, page: Paging) -> Response:
    """List members

    Everybody who belongs to the organization, by name.
    """
    found = await own.identities.members.list(caller)
    return json_answer(page.of([_present(one) for one in found]))


@answers(shape=MemberAdded, status=HTTPStatus.CREATED, refusals=(HTTPStatus.CONFLICT,))
async def add_member(request: Request, own: Own, caller: SignedIn, wish: NewMember) -> Response:
    """Add a member

    Who is new here gets a one-time link to set a password; it works for a week. Owners, admins and
    support are added by owners.
    """
    added = await own.identities.members.add(
        caller, email=wish.email, name=wish.name, role=wish.role
    )
    token = added.value.link_token
    content = {
        "success": True,
        "taskId": added.task_id,
        "userId": added.value.member.user_id,
        "link": None if token is None else welcome_link(request, token),
    }
    return json_answer(content, HTTPStatus.CREATED)


@answers(shape=Accepted, refusals=(HTTPStatus.CONFLICT,))
async def change_member(own: Own, caller: SignedIn, user_id: UserId, wish: RoleChange) -> Response:
    """Change the role of a member

    The last owner stays one: that answers 409.
    """
    changed = await own.identities.members.change_role(caller, user_id, wish.role)
    return json_answer({"success": True, "taskId": changed.task_id})


@answers(shape=Accepted, refusals=(HTTPStatus.CONFLICT,))
async def remove_member(own: Own, caller: SignedIn, user_id: UserId) -> Response:
    """Remove a member

    With what was granted in person, and with the API keys, which are revoked.
    """
    changed = await own.identities.members.remove(caller, user_id)
    return json_answer({"success": True, "taskId": changed.task_id})


@answers(shape=LinkMade, status=HTTPStatus.CREATED, refusals=(HTTPStatus.CONFLICT,))
async def create_member_link(
    request: Request, own: Own, caller: SignedIn, user_id: UserId
) -> Response:
    """Make a one-time link for a member

    By which a new password is set, or the first one. Earlier links of that person work no more.
    Who belongs to other organizations, too, gets one from the operator of the installation only.
    """
    made = await own.identities.member_links.create(caller, user_id)
    content = {
        "success": True,
        "taskId": made.task_id,
        "link": welcome_link(request, made.value),
    }
    return json_answer(content, HTTPStatus.CREATED)


def _present(member: Member) -> dict[str, Any]:
    return {
        "userId": member.user_id,
        "name": member.name,
        "email": member.email,
        "role": member.role,
        "invited": member.invited,
        "createdAt": to_rfc3339(member.created_at),
    }
