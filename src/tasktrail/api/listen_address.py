"""Where a server listens."""

from __future__ import annotations

from tasktrail.errors import InvalidInputError


def parse_listen(text: str) -> tuple[str, int]:
    """The host and the port of an address to listen at.

    Raises:
        InvalidInputError: it is none.
    """
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise InvalidInputError(
            f"{text!r} is no address to listen at", hint="for example 127.0.0.1:8090 or [::1]:8090"
        )
    return host, int(port)
