"""Organizations."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tasktrail.actions.identity.profiles import Place
from tasktrail.api.answer import json_answer
from tasktrail.api.credentials import SignedIn, caller_in
from tasktrail.api.paging import Paging
from tasktrail.api.path_id import OrganizationId
from tasktrail.api.route import answers
from tasktrail.api.services import Own, Services
from tasktrail.api.shapes.organization import Organization, OrganizationChange, OrganizationList
from tasktrail.api.shapes.shape import Accepted
from tasktrail.model.instant import to_rfc3339


@answers(shape=OrganizationList)
async def list_organizations(own: Own, caller: SignedIn, page: Paging) -> Response:
    """List organizations

    Those that you belong to; with an API key the one that it belongs to.
    """
    found = await own.identities.profiles.places(caller)
    return json_answer(page.of([_present(own, one) for one in found]))


@answers(shape=Organization)
async def get_organization(
    request: Request, own: Own, caller: SignedIn, organization_id: OrganizationId
) -> Response:
    """Get an organization

    One that you belong to.
    """
    there = await caller_in(request, caller, organization_id)
    found = await own.identities.organizations.show(there)
    return json_answer(_present(own, Place(found, there.actor.author.role)))


@answers(shape=Accepted, refusals=(HTTPStatus.CONFLICT,))
async def change_organization(
    request: Request,
    own: Own,
    caller: SignedIn,
    organization_id: OrganizationId,
    wish: OrganizationChange,
) -> Response:
    """Change an organization

    Owners and admins change its name, owners what is open to support. When support is let in no
    more, what it has running because of that is canceled.
    """
    there = await caller_in(request, caller, organization_id)
    changed = await own.identities.organizations.change(
        there, name=wish.name, support_default=wish.support_default
    )
    return json_answer({"success": True, "taskId": changed.task_id})


def _present(own: Services, place: Place) -> dict[str, Any]:
    organization = place.organization
    return {
        "id": organization.id,
        "name": organization.name,
        "role": place.role,
        "supportDefault": organization.support_default,
        "renamable": own.identities.organizations.renamable(organization),
        "createdAt": to_rfc3339(organization.created_at),
    }
