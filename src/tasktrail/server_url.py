"""The address of a server, to which keys are sent."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from urllib.parse import urlsplit

from tasktrail.errors import InvalidInputError


def checked_url(url: str, *, trusted_network: bool = False) -> str:
    """`url` without a slash at its end, and without the path of the API. In a `trusted_network`
    nobody else sees what goes to another machine.

    Raises:
        InvalidInputError: it is no address of a server, or the key would travel in clear text.
    """
    try:
        parsed = urlsplit(url)
        host, _ = parsed.hostname, parsed.port
    except ValueError as error:
        raise _no_address(url) from error
    if parsed.scheme not in ("http", "https") or not host or parsed.query:
        raise _no_address(url)
    if parsed.scheme == "http" and not (trusted_network or _is_this_machine(host)):
        raise InvalidInputError(
            f"{url} is not encrypted, and the key would be seen on the way",
            hint="use https://, which a proxy before the server can speak",
        )
    return url.rstrip("/").removesuffix("/v1")  # what the API is known by is taken as well


def stays_here(url: str) -> bool:
    """Whether what is sent to the address never leaves this machine."""
    host = urlsplit(url).hostname
    return host is not None and _is_this_machine(host)


def _no_address(url: str) -> InvalidInputError:
    return InvalidInputError(
        f"{url!r} is no address of a server", hint="for example https://tasks.example.com"
    )


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False
