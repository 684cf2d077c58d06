"""API keys."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from tasktrail.api.shapes.organization import Name
from tasktrail.api.shapes.shape import Accepted, Moment, Shape, Wish
from tasktrail.model.credential import KeyKind

_KEY: dict[str, Any] = {
    "id": 9,
    "name": "laptop",
    "kind": "user",
    "prefix": "Jx1Yt0Wq",
    "userId": 12,
    "userName": "Ann",
    "createdAt": "2026-11-24T16:12:50.123456Z",
    "expiresAt": None,
    "lastUsedAt": "2026-11-24T16:13:20.000000Z",
    "revokedAt": None,
}


class Key(Shape):
    """An API key. `prefix` are the first characters of its secret, to know it again; `userId` is
    who made it, null for one that was made at the machine of the installation."""

    model_config = Shape.model_config | {"json_schema_extra": {"examples": [_KEY]}}

    id: int
    name: str
    kind: KeyKind
    prefix: str
    user_id: int | None
    user_name: str | None
    created_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None
    revoked_at: Moment | None


class KeyList(Shape):
    """A page of keys, the oldest first; revoked ones too."""

    items: list[Key]
    total_count: int
    next_page: int | None


class NewKey(Wish):
    """A key: `user` acts with your rights, `robot` as the automation of the platform."""

    model_config = Wish.model_config | {"json_schema_extra": {"examples": [{"name": "laptop"}]}}

    name: Name
    kind: Literal["user", "robot"] = "user"
    expires_at: Annotated[AwareDatetime, Field(strict=False)] | None = None


class KeyMade(Accepted):
    """A key was made. `key` is shown this once, and kept nowhere."""

    model_config = Shape.model_config | {
        "json_schema_extra": {
            "examples": [
                {
                    "success": True,
                    "taskId": 4712,
                    "id": 9,
                    "key": "tt_9_Jx1Yt0Wq9cJw6mFqk3d7s5bXo2n8v4aR",
                }
            ]
        }
    }

    id: int
    key: str
