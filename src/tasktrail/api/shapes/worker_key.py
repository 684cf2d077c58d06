"""Keys of workers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from tasktrail.api.shapes.shape import Moment, Shape, Wish, Words

_KEY: dict[str, Any] = {
    "id": 2,
    "pool": "eu-1",
    "name": "rack-7",
    "prefix": "Jx1Yt0Wq",
    "userId": None,
    "userName": None,
    "createdAt": "2026-11-24T16:12:50.123456Z",
    "expiresAt": None,
    "lastUsedAt": "2026-11-24T16:13:20.000000Z",
    "revokedAt": None,
}


class WorkerKey(Shape):
    """The key of the workers of a pool. `prefix` are the first characters of its secret, to know it
    again; `userId` is who made it, null for one that was made at the machine of the installation.
    """

    model_config = Shape.model_config | {"json_schema_extra": {"examples": [_KEY]}}

    id: int
    pool: str
    name: str
    prefix: str
    user_id: int | None
    user_name: str | None
    created_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None
    revoked_at: Moment | None


class WorkerKeyList(Shape):
    """A page of keys, the oldest first; revoked ones too."""

    items: list[WorkerKey]
    total_count: int
    next_page: int | None


class NewWorkerKey(Wish):
    """A key for the workers of a pool; without a name it is called like the pool."""

    model_config = Wish.model_config | {"json_schema_extra": {"examples": [{"pool": "eu-1"}]}}

    pool: Words
    name: Words = ""
    expires_at: Annotated[AwareDatetime, Field(strict=False)] | None = None
