"""The cookie that carries the token of a session."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from tasktrail.api.credentials import SESSION_COOKIE
from tasktrail.api.link import is_encrypted
from tasktrail.model.instant import Instant, seconds_between


def set_session_cookie(
    request: Request, answer: Response, token: str, *, now: Instant, expires_at: Instant
) -> None:
    """Have the browser keep the token: for this server alone, where no script reads it, and no
    other page sends it along with a change."""
    answer.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=max(0, int(seconds_between(now, expires_at))),
        path="/",
        secure=is_encrypted(request),
        httponly=True,
        samesite="lax",
    )


def drop_session_cookie(request: Request, answer: Response) -> None:
    """Have the browser forget it."""
    answer.delete_cookie(
        SESSION_COOKIE,
        path="/",
        secure=is_encrypted(request),
        httponly=True,
        samesite="lax",
    )
