"""Sign-ins that have begun at a provider and are not finished."""

from __future__ import annotations

import hmac
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from tasktrail.actions.identity.token import digest_of, new_token
from tasktrail.model.instant import Instant, after

LASTS = 600.0
"""Seconds for which a sign-in may take at the provider."""

_MOST = 10_000
"""How many are kept; the oldest goes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One sign-in. `binding` is the digest of what the browser has that began it; `verifier` is
    what only we know, for the exchange of the code (PKCE, RFC 7636)."""

    state: str
    nonce: str
    verifier: str
    binding: str
    redirect_uri: str
    expires_at: Instant


class Flows:
    """Keeps them until they are taken, each once."""

    def __init__(self, clock: Callable[[], Instant]) -> None:
        self._clock = clock
        self._open: OrderedDict[str, Flow] = OrderedDict()

    def begin(self, redirect_uri: str) -> tuple[Flow, str]:
        """A new one, and the token that binds it to the browser."""
        token = new_token()
        flow = Flow(
            state=new_token(),
            nonce=new_token(),
            verifier=new_token(),
            binding=digest_of(token),
            redirect_uri=redirect_uri,
            expires_at=after(self._clock(), LASTS),
        )
        self._open[flow.state] = flow
        if len(self._open) > _MOST:
            self._open.popitem(last=False)
        return flow, token

    def take(self, state: str, token: str) -> Flow | None:
        """The one of that state, if this browser has begun it not too long ago; it is over then."""
        flow = self._open.pop(state, None)
        if flow is None or flow.expires_at <= self._clock():
            return None
        return flow if hmac.compare_digest(flow.binding, digest_of(token)) else None
