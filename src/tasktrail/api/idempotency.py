"""The header `Idempotency-Key`."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import Header, Request

from tasktrail.actions.once import Once
from tasktrail.model.caller import Caller

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="The same key gives the same task, for a week: for requests that may "
        "have to be sent again.",
        examples=["0190b7a4-deploy"],
    ),
]


async def once_of(request: Request, caller: Caller, key: str | None) -> Once | None:
    """How the request is to be done once; None if its sender does not ask for it."""
    if key is None:
        return None
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    digest.update(await request.body())
    return Once(
        organization_id=caller.actor.organization_id,
        actor_key=caller.key,
        key=key,
        digest=digest.hexdigest(),
    )
