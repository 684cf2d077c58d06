"""Addresses of servers, as people write them."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from tasktrail.errors import InvalidInputError

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?!0\.0\.0\.0$|::$)[a-z0-9.:_-]{1,253}")
"""Not where servers listen that listen everywhere: nobody can open that."""


def plain_public_url(url: str) -> str:
    """An address that links can begin with, as browsers name it as an origin.

    Raises:
        InvalidInputError: it is none.
    """
    try:
        parts = urlsplit(url.strip())
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        parts, port, host = urlsplit(""), None, ""
    rest = (parts.path.strip("/"), parts.query, parts.fragment, parts.username)
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host) or port == 0 or any(rest):
        raise InvalidInputError(
            f"{url!r} is no address that links can begin with",
            hint="give a scheme, a name and no path, for example https://tasks.example.com",
        )
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (
        f":{port}" if port not in (None, _PORTS[parts.scheme]) else ""
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
