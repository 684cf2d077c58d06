"""Keys of workers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from tasktrail.api.answer import json_answer
from tasktrail.api.credentials import SignedIn
from tasktrail.api.paging import Paging
from tasktrail.api.path_id import WorkerKeyId
from tasktrail.api.route import answers
from tasktrail.api.services import Own
from tasktrail.api.shapes.key import KeyMade
from tasktrail.api.shapes.shape import Accepted
from tasktrail.api.shapes.worker_key import NewWorkerKey, WorkerKeyList
from tasktrail.model.instant import Instant, from_datetime, to_rfc3339
from tasktrail.store.identity.worker_keys import WorkerKey


@answers(shape=WorkerKeyList)
async def list_worker_keys(own: Own, caller: SignedIn, page: Paging) -> Response:
    """List the keys of workers

    Those of all pools, for who runs the platform. Never their secrets.
    """
    found = await own.identities.worker_keys.list(caller)
    return json_answer(page.of([_present(one) for one in found]))


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
    content = {
        "success": True,
        "taskId": made.task_id,
        "id": made.value.key.id,
        "key": str(made.value.secret),
    }
    return json_answer(content, HTTPStatus.CREATED)


@answers(shape=Accepted)
async def revoke_worker_key(own: Own, caller: SignedIn, key_id: WorkerKeyId) -> Response:
    """Revoke the key of a worker

    It is refused from this moment on.
    """
    changed = await own.identities.worker_keys.revoke(caller, key_id)
    return json_answer({"success": True, "taskId": changed.task_id})


def _present(key: WorkerKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "pool": key.pool,
        "name": key.name,
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
