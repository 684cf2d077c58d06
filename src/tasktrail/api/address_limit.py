"""How often an address may try what nobody knows: wrong keys, sessions and links to logs."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from starlette.requests import Request

from tasktrail.actions.identity.token import digest_of
from tasktrail.actions.throttle import Throttle
from tasktrail.api import request_limit
from tasktrail.errors import NotFoundError, NotSignedInError
from tasktrail.model.instant import Instant

FAILURES, BETWEEN_FAILURES = 300, 0.5
"""Failures at once, and seconds until one more is free."""

READS, BETWEEN_READS = request_limit.BURST, request_limit.BETWEEN
"""Logs read by links at once, and seconds until one more is: as requests with one key."""

_MOST_KNOWN = 10_000
_SITE = 64
"""Bits of an IPv6 address that tell sites apart: one host may have all the others."""


class AddressLimit:
    """Counts what fails of each address. Memory is bounded: those seen longest ago are forgotten.

    Behind one address may be many (an office, or a proxy that is not trusted), so nobody is refused
    for the failures of others: what is right is let in, whatever else has failed from there. But
    once too much has failed, what was not right a short while ago is looked at one after the other,
    so that guessing costs the database no more than one question at a time.
    """

    def __init__(
        self,
        clock: Callable[[], Instant],
        *,
        failures: int = FAILURES,
        between_failures: float = BETWEEN_FAILURES,
        reads: int = READS,
        between_reads: float = BETWEEN_READS,
    ) -> None:
        self._failures = Throttle(clock, burst=failures, seconds=between_failures)
        self._reads = Throttle(clock, burst=reads, seconds=between_reads)
        self._right: OrderedDict[str, None] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    @asynccontextmanager
    async def trying(self, request: Request, shown: str) -> AsyncGenerator[None]:
        """While it is found out whether anybody knows `shown`, a secret.

        Raises:
            TooManyRequestsError: nobody does, and too much has failed from there.
        """
        address, digest = site_of(request), digest_of(shown)
        async with self._turn(address, digest):
            try:
                yield
            except (NotSignedInError, NotFoundError):
                self._right.pop(digest, None)
                self._failures.take(address)
                raise
        self._right[digest] = None
        self._right.move_to_end(digest)
        if len(self._right) > _MOST_KNOWN:
            self._right.popitem(last=False)

    def _turn(self, address: str, digest: str) -> AbstractAsyncContextManager[object]:
        if digest in self._right or self._failures.has_turns(address):
            return nullcontext()
        return self._one_at_a_time

    def read(self, request: Request) -> None:
        """Count the reading of a log by a link.

        Raises:
            TooManyRequestsError: that is one too many.
        """
        self._reads.take(site_of(request))


def site_of(request: Request) -> str:
    """Where a request comes from: an address, of IPv6 the part that a site has for itself."""
    host = request.client.host if request.client is not None else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address), _SITE), strict=False))
