"""Answers that are waited for, and a server that is told to leave meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from tasktrail.api.services import Services

T = TypeVar("T")


class LeavingError(Exception):
    """The server leaves, and waits for nothing any more."""


async def unless_leaving(own: Services, waiting: Coroutine[Any, Any, T]) -> T:
    """What `waiting` comes to.

    Raises:
        LeavingError: the server is told to leave before that. `waiting` is canceled.
    """
    asking = asyncio.ensure_future(waiting)
    closing = asyncio.ensure_future(own.closing.wait())
    try:
        await asyncio.wait((asking, closing), return_when=asyncio.FIRST_COMPLETED)
        if not asking.done():
            raise LeavingError
        return await asking
    finally:
        asking.cancel()
        closing.cancel()
