"""What every way to reach the operations has in common."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

JsonObject = dict[str, object]
"""A JSON object as Python holds it: every value in it is a JSON value too."""


class Transport(Protocol):
    """Carries named operations to whoever performs them.

    The operations of an engine in this process are a transport themselves; `SocketTransport`
    reaches those of another process. Both raise the same exceptions of `tasktrail.errors`.
    """

    async def call(self, operation: str, arguments: JsonObject, /) -> object:
        """Perform `operation` once and give its answer, a JSON value.

        Raises:
            RefusedError: the operation was refused; nothing was changed.
            ConnectionLostError: the other end went away; whether it was done is not known.
        """
        ...

    def stream(self, operation: str, arguments: JsonObject, /) -> AsyncIterator[object]:
        """Perform `operation` and give the JSON values that it produces, as they come.

        The operation ends when the iterator is closed.

        Raises:
            RefusedError: the operation was refused.
            ConnectionLostError: the other end went away before the stream was complete.
        """
        ...
