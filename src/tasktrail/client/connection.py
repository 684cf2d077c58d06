"""Connecting to a server."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tasktrail.client.api import Api
from tasktrail.client.http_transport import HttpTransport
from tasktrail.local.client import Client
from tasktrail.local.outage import Outage


@asynccontextmanager
async def connect(url: str, key: str, *, outage: Outage | None = None) -> AsyncGenerator[Client]:
    """A client of the server at `url`, such as `https://tasks.example.com`, that acts with `key`.

    Nothing is asked before the first call. What follows a task or its logs goes on where it was
    when the server is back: it is looked for as long as `outage` says, a minute if nothing is said.

    Raises:
        InvalidInputError: `url` is no address of a server, or the key would travel in clear text.
    """
    async with Api(url, key, outage) as api:
        yield Client(HttpTransport(api))
