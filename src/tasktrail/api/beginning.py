"""How a session begins: always a new one, in place of the one that the browser had."""

from __future__ import annotations

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from tasktrail.actions.identity.sessions import SignedIn
from tasktrail.api.credentials import SESSION_COOKIE
from tasktrail.api.services import Services
from tasktrail.api.session_cookie import set_session_cookie
from tasktrail.errors import NotSignedInError


async def begin_session(request: Request, own: Services, answer: Response, begun: SignedIn) -> None:
    """Give the browser the token of a new session, and end the one that it comes with: whoever
    placed that one there has nothing of this sign-in (session fixation)."""
    former = request.cookies.get(SESSION_COOKIE)
    if former is not None:
        # One that is no session any more needs no end.
        with suppress(NotSignedInError):
            caller = await own.identities.identification.of_session(former, None)
            await own.identities.sessions.sign_out(caller)
    set_session_cookie(request, answer, begun.token, now=own.clock(), expires_at=begun.expires_at)
