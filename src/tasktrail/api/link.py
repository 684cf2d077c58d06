"""Addresses that are given out, and what is asked for at them."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from tasktrail.api.services import services_of


def link_to(request: Request, path: str) -> str:
    """The absolute address of a path: where people reach this server as it was told, else as
    whoever asks has reached it."""
    given = services_of(request).address.given
    return f"{str(request.base_url).rstrip('/') if given is None else given}{path}"


def welcome_link(request: Request, token: str) -> str:
    """A one-time link. Browsers never send what follows the `#`, so no log on the way has it."""
    return link_to(request, f"/welcome#{token}")


def own_origins(request: Request) -> frozenset[str]:
    """The origins of our own pages, as a browser names them."""
    asked = f"{request.url.scheme}://{request.headers.get('host', '')}"
    given = services_of(request).address.given
    return frozenset({asked} if given is None else {asked, given})


def is_encrypted(request: Request) -> bool:
    """Whether the browser has asked by TLS: here, or at what stands before this server."""
    given = services_of(request).address.given
    if request.url.scheme == "https" or given is None:
        return request.url.scheme == "https"
    public = urlsplit(given)
    return public.scheme == "https" and public.netloc == request.headers.get("host")
