"""Server-sent events as they go over the wire (WHATWG HTML, "Server-sent events")."""

from __future__ import annotations

import msgspec

HEARTBEAT = b": still here\n\n"
"""A comment: clients leave it out, and nobody on the way takes the connection for dead."""

OPENING = b"retry: 1000\n\n"
"""Milliseconds after which a client that was cut off comes back."""

_encode = msgspec.json.Encoder().encode


def event_text(kind: str, position: str, content: object) -> bytes:
    """One event. JSON has no line break outside of texts, and escapes those inside."""
    return framed(kind, position, encoded(content))


def encoded(content: object) -> bytes:
    """The data of an event."""
    return _encode(content)


def framed(kind: str, position: str, data: bytes) -> bytes:
    """An event around data that are encoded already. `position` is a single line of ASCII."""
    return b"event: %b\nid: %b\ndata: %b\n\n" % (kind.encode(), position.encode(), data)
