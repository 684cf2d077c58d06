"""The path of a request as it may be written down."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.types import Scope

from tasktrail.api.credentials import holds_key

_LINK = re.compile(r"(/task-logs/)[^/]+")


def shown_path(scope: Scope) -> str:
    """The path as it came, escaped, so that no line of a log and no terminal is changed by it.

    Without what lets its reader in: a key that somebody has put there, and the signature of a link
    to a log.
    """
    route = getattr(scope.get("route"), "path", "")
    if "{token}" in route:
        return route
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    return "(a key)" if holds_key(raw) else _LINK.sub(r"\1{token}", raw.decode("ascii", "replace"))
