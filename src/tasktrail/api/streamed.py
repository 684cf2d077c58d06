"""Answers that are made while they are sent, so that their size needs no memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import Response, StreamingResponse


async def streamed(parts: AsyncGenerator[bytes], media_type: str) -> Response:
    """An answer of `parts`.

    The first one is awaited before anything is sent: what cannot be read at all is refused as such,
    and not by hanging up.
    """
    first = await anext(parts, None)
    if first is None:
        return Response(media_type=media_type)
    return StreamingResponse(_chained(first, parts), media_type=media_type)


async def _chained(first: bytes, others: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(others):
        yield first
        async for part in others:
            yield part
