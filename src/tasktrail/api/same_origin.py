"""Requests that a foreign page makes with somebody's session are refused (CSRF)."""

from __future__ import annotations

from starlette.requests import Request

from tasktrail.api.link import own_origins
from tasktrail.errors import NotAllowedError

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def require_same_origin(request: Request) -> None:
    """Accept a request with a session that changes nothing, or that our own pages make.

    Browsers say by themselves where a request comes from, and no page can make them lie:
    `Sec-Fetch-Site`, and `Origin` in those that do not know it. Who says neither is no browser of
    today, and has no business with a session.

    Raises:
        NotAllowedError: another page makes it.
    """
    if request.method in _SAFE:
        return
    if not {"sec-fetch-site", "origin"} & set(request.headers.keys()):
        raise _foreign()
    refuse_foreign_page(request)


def refuse_foreign_page(request: Request) -> None:
    """Accept a request of our own pages, and of what is no browser: for signing in, where a
    foreign page could make somebody act in the name of another one.

    Raises:
        NotAllowedError: another page makes it.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = origin is not None and origin not in own_origins(request)
    if site not in (None, "same-origin") or foreign:
        raise _foreign()


def _foreign() -> NotAllowedError:
    return NotAllowedError(
        "a session may be used by the pages of this server only",
        hint="programs send an API key; behind a proxy, see `public_url` in config.toml",
    )
