"""Support access: what owners have opened to the platform's support."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from tasktrail.api.answer import json_answer
from tasktrail.api.credentials import SignedIn
from tasktrail.api.paging import Paging
from tasktrail.api.path_id import SupportGrantId
from tasktrail.api.route import answers
from tasktrail.api.services import Own
from tasktrail.api.shapes.support import NewSupportGrant, SupportClosed, SupportGrantList
from tasktrail.api.shapes.team import Made
from tasktrail.model.author import Author
from tasktrail.model.instant import from_datetime, to_rfc3339
from tasktrail.store.identity.support_grants import SupportGrant


@answers(shape=SupportGrantList)
async def list_support_grants(own: Own, caller: SignedIn, page: Paging) -> Response:
    """List support access

    All that ever was opened, the newest first.
    """
    found = await own.identities.support.list(caller)
    return json_answer(page.of([_present(one) for one in found]))


@answers(shape=Made, status=HTTPStatus.CREATED)
async def open_support(own: Own, caller: SignedIn, wish: NewSupportGrant) -> Response:
    """Open support access

    Lets support run tasks of these definitions until then; only owners do. `*` is every definition.
    What is neither in the catalog nor the definition of a task that you have is refused.
    """
    opened = await own.identities.support.open(
        caller,
        definitions=wish.definitions,
        reason=wish.reason,
        until=from_datetime(wish.expires_at),
        catalog=await own.library.names(),
    )
    content = {"success": True, "taskId": opened.task_id, "id": opened.value.id}
    return json_answer(content, HTTPStatus.CREATED)


@answers(shape=SupportClosed, refusals=(HTTPStatus.CONFLICT,))
async def close_support(own: Own, caller: SignedIn, grant_id: SupportGrantId) -> Response:
    """Close support access

    At once: tasks of support that nothing else opens to it are canceled.
    """
    closed = await own.identities.support.close(caller, grant_id)
    content = {
        "success": True,
        "taskId": closed.task_id,
        "canceledTaskIds": list(closed.value.canceled),
    }
    return json_answer(content)


def _present(grant: SupportGrant) -> dict[str, Any]:
    return {
        "id": grant.id,
        "definitions": list(grant.definitions),
        "reason": grant.reason,
        "openedBy": _somebody(grant.opened_by),
        "openedAt": to_rfc3339(grant.opened_at),
        "expiresAt": to_rfc3339(grant.expires_at),
        "closedAt": None if grant.closed_at is None else to_rfc3339(grant.closed_at),
        "closedBy": None if grant.closed_by is None else _somebody(grant.closed_by),
    }


def _somebody(author: Author) -> dict[str, Any]:
    return {"id": author.id, "name": author.name}
