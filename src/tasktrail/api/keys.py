"""API keys."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from tasktrail.api.answer import json_answer
from tasktrail.api.credentials import SignedIn
from tasktrail.api.paging import Paging
from tasktrail.api.path_id import KeyId
from tasktrail.api.route import answers
from tasktrail.api.services import Own
from tasktrail.api.shapes.key import KeyList, KeyMade, NewKey
from tasktrail.api.shapes.shape import Accepted
from tasktrail.model.credential import KeyKind
from tasktrail.model.instant import Instant, from_datetime, to_rfc3339
from tasktrail.store.identity.keys import ApiKey


@answers(shape=KeyList)
async def list_keys(own: Own, caller: SignedIn, page: Paging) -> Response:
    """List API keys

    Your own; owners and admins see those of everybody. Never their secrets.
    """
    found = await own.identities.keys.list(caller)
    return json_answer(page.of([_present(one) for one in found]))


@answers(shape=KeyMade, status=HTTPStatus.CREATED)
async def create_key(own: Own, caller: SignedIn, wish: NewKey) -> Response:
    """Make an API key

    It is shown in this answer, and never again.
    """
    made = await own.identities.keys.create(
        caller,
        kind=KeyKind(wish.kind),
        name=wish.name,
        expires_at=None if wish.expires_at is None else from_datetime(wish.expires_at),
    )
    content = {
        "success": True,
        "taskId": made.task_id,
        "id": made.value.key.id,
        "key": str(made.value.secret),
    }
    return json_answer(content, HTTPStatus.CREATED)


@answers(shape=Accepted)
async def revoke_key(own: Own, caller: SignedIn, key_id: KeyId) -> Response:
    """Revoke an API key

    It is refused from this moment on.
    """
    changed = await own.identities.keys.revoke(caller, key_id)
    return json_answer({"success": True, "taskId": changed.task_id})


def _present(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "kind": key.kind,
        "prefix": key.prefix,
        "userId": key.user_id,
        "userName": key.user_name,
        "createdAt": to_rfc3339(key.created_at),
        "expiresAt": _moment(key.expires_at),
        "lastUsedAt": _moment(key.last_used_at),
        "revokedAt": _moment(key.revoked_at),
    }


def _moment(instant: Instant | None) -> str | None:
    return None if instant is None else to_rfc3339(instant)
