"""Keys of workers."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import Response

from tasktrail.api.answer import json_answer
from tasktrail.api.credentials import SignedIn
from tasktrail.api.key_answers import key_made, presented
from tasktrail.api.paging import Paging
from tasktrail.api.path_id import WorkerKeyId
from tasktrail.api.route import answers
from tasktrail.api.services import Own
from tasktrail.api.shapes.key import KeyMade
from tasktrail.api.shapes.shape import Accepted
from tasktrail.api.shapes.worker_key import NewWorkerKey, WorkerKeyList
from tasktrail.model.instant import from_datetime


@answers(shape=WorkerKeyList)
async def list_worker_keys(own: Own, caller: SignedIn, page: Paging) -> Response:
    """List the keys of workers

    Those of all pools, for who runs the platform. Never their secrets.
    """
    found = await own.identities.worker_keys.list(caller)
    return json_answer(page.of([presented(one, pool=one.pool) for one in found]))


@answers(shape=KeyMade, status=HTTPStatus.CREATED)
async def create_worker_key(own: Own, caller: SignedIn, wish: NewWorkerKey) -> Response:
    """Make a key for the workers of a pool

    It is shown in this answer, and never again.
    """
    made = await own.identities.worker_keys.create(
        caller,
        pool=wish.pool,
        name=wish.name,
        expires_at=None if wish.expires_at is None else from_datetime(wish.expires_at),
    )
    return key_made(made)


@answers(shape=Accepted)
async def revoke_worker_key(own: Own, caller: SignedIn, key_id: WorkerKeyId) -> Response:
    """Revoke the key of a worker

    It is refused from this moment on. One that is revoked already answers 409.
    """
    changed = await own.identities.worker_keys.revoke(caller, key_id)
    return json_answer({"success": True, "taskId": changed.task_id})
