"""Connecting to a server."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tasktrail.client.api import Api
from tasktrail.client.http_transport import HttpTransport
from tasktrail.local.client import Client


@asynccontextmanager
async def connect(url: str, key: str) -> AsyncGenerator[Client]:
    """A client of the server at `url`, such as `https://tasks.example.com`, that acts with `key`.

    Nothing is asked before the first call.

    Raises:
        InvalidInputError: `url` is no address of a server, or the key would travel in clear text.
    """
    async with Api(url, key) as api:
        yield Client(HttpTransport(api))
