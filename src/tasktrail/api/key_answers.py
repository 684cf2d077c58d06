"""What is answered about keys, whoever carries them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from tasktrail.actions.identity.change import Changed
from tasktrail.actions.identity.keys import NewKey
from tasktrail.actions.identity.worker_keys import NewWorkerKey
from tasktrail.api.answer import json_answer
from tasktrail.model.instant import optional_rfc3339, to_rfc3339
from tasktrail.store.identity.secret_key import SecretKey


def key_made(made: Changed[NewKey] | Changed[NewWorkerKey]) -> Response:
    """A new key with its secret, which is told this once."""
    content = {
        "success": True,
        "taskId": made.task_id,
        "id": made.value.key.id,
        "key": str(made.value.secret),
    }
    return json_answer(content, HTTPStatus.CREATED)


def presented(key: SecretKey, **particular: object) -> dict[str, Any]:
    """A key without its secret, with what only keys of its kind have."""
    return {
        "id": key.id,
        **particular,
        "name": key.name,
        "prefix": key.prefix,
        "userId": key.user_id,
        "userName": key.user_name,
        "createdAt": to_rfc3339(key.created_at),
        "expiresAt": optional_rfc3339(key.expires_at),
        "lastUsedAt": optional_rfc3339(key.last_used_at),
        "revokedAt": optional_rfc3339(key.revoked_at),
    }
