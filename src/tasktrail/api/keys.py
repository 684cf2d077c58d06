"""API keys."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import Response

from tasktrail.api.answer import json_answer
from tasktrail.api.credentials import SignedIn
from tasktrail.api.key_answers import key_made, presented
from tasktrail.api.paging import Paging
from tasktrail.api.path_id import KeyId
from tasktrail.api.route import answers
from tasktrail.api.services import Own
from tasktrail.api.shapes.key import KeyList, KeyMade, NewKey
from tasktrail.api.shapes.shape import Accepted
from tasktrail.model.credential import KeyKind
from tasktrail.model.instant import from_datetime


@answers(shape=KeyList)
async def list_keys(own: Own, caller: SignedIn, page: Paging) -> Response:
    """List API keys

    Your own; owners and admins see those of everybody. Never their secrets.
    """
    found = await own.identities.keys.list(caller)
    return json_answer(page.of([presented(one, kind=one.kind) for one in found]))


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
    return key_made(made)


@answers(shape=Accepted)
async def revoke_key(own: Own, caller: SignedIn, key_id: KeyId) -> Response:
    """Revoke an API key

    It is refused from this moment on. One that is revoked already answers 409.
    """
    changed = await own.identities.keys.revoke(caller, key_id)
    return json_answer({"success": True, "taskId": changed.task_id})
