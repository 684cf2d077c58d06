"""The address of the page where one-time links are used."""

from __future__ import annotations

from starlette.requests import Request


def welcome_url(request: Request, token: str) -> str:
    """A one-time link. Browsers never send what follows the `#`, so no log on the way has it."""
    return f"{request.base_url}welcome#{token}"
