"""Who asks: the API key or the session of a request becomes a caller."""

from __future__ import annotations

import re
from contextlib import nullcontext, suppress
from typing import Annotated, cast
from urllib.parse import unquote_to_bytes

from fastapi import Depends, Query, Request

from tasktrail.actions.identity.identification import Identification
from tasktrail.actions.task_query import LARGEST_ID
from tasktrail.api.same_origin import require_same_origin
from tasktrail.api.services import services_of
from tasktrail.errors import NotFoundError, NotSignedInError
from tasktrail.model.caller import Caller

KEY_HEADER = "X-API-KEY"
SESSION_COOKIE = "tasktrail_session"

_ID = re.compile(r"[1-9][0-9]{0,17}")
_KEY_IN_ADDRESS = re.compile(rb"(?i)(?:^|&)(?:x[-_]?)?api[-_]?key=|t[tw]_[0-9]+_[\w-]{16}")


def holds_key(address: bytes) -> bool:
    """Whether a query string or a path carries an API key, escaped or not, which proxies and
    browsers would write down."""
    return any(_KEY_IN_ADDRESS.search(one) for one in (address, unquote_to_bytes(address)))


async def identify(request: Request) -> None:
    """Find out who asks, and let them ask once more.

    Raises:
        NotSignedInError: nobody who is known.
        TooManyRequestsError: somebody who asks too often, or nobody, from an address that has shown
            too much that nobody knows.
        NotAllowedError: a foreign page, with the session of somebody.
    """
    services = services_of(request)
    shown = request.headers.get(KEY_HEADER) or request.cookies.get(SESSION_COOKIE)
    async with services.address_limit.trying(request, shown) if shown else nullcontext():
        caller = await identified(request, services.identification)
    services.request_limit.take(caller.credential)
    request.state.caller = caller


async def identify_again(request: Request) -> None:
    """Find out who asks as of now, for a request that was let in before.

    Raises:
        NotSignedInError: nobody who is known any more.
    """
    request.state.caller = await identified(request, services_of(request).identification)


async def identified(request: Request, identification: Identification) -> Caller:
    """Who asks, with the rights of this moment.

    Raises:
        NotSignedInError: nobody who is known.
        NotAllowedError: a foreign page, with the session of somebody.
    """
    key = request.headers.get(KEY_HEADER)
    if key is not None:
        return await identification.of_key(key)
    token = request.cookies.get(SESSION_COOKIE)
    if token is None:
        raise NotSignedInError(
            "this needs an API key or a session", hint=f"send the key in the header {KEY_HEADER}"
        )
    require_same_origin(request)
    wanted = request.query_params.get("orgId", "")
    return await identification.of_session(token, int(wanted) if _ID.fullmatch(wanted) else None)


async def _caller(
    request: Request,
    org_id: Annotated[
        int | None,
        Query(
            alias="orgId",
            ge=1,
            le=LARGEST_ID,
            description="The organization. A key belongs to one, which this must be; a person "
            "with a session may be in several.",
        ),
    ] = None,
) -> Caller:
    caller = cast("Caller", request.state.caller)
    if org_id not in (None, caller.actor.organization_id):
        raise NotFoundError(f"there is no organization {org_id}")
    return caller


async def caller_in(request: Request, caller: Caller, organization_id: int) -> Caller:
    """The same caller in the organization of that id: a person with a session may be in several.

    Raises:
        NotFoundError: the caller does not belong there, or there is none such.
    """
    if caller.actor.organization_id == organization_id:
        return caller
    token = request.cookies.get(SESSION_COOKIE)
    if caller.has_session and token is not None:
        with suppress(NotSignedInError):
            identification = services_of(request).identification
            return await identification.of_session(token, organization_id)
    raise NotFoundError(f"there is no organization {organization_id}")


SignedIn = Annotated[Caller, Depends(_caller)]
"""The parameter by which an endpoint gets who asks, in the organization that is asked about."""
