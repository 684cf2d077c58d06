"""An OpenID provider, as we speak with it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import cache
from typing import Any, cast

import httpx2
from authlib.integrations.base_client.errors import (  # pyright: ignore[reportMissingTypeStubs]
    OAuthError,
)
from authlib.integrations.httpx_client import (  # pyright: ignore[reportMissingTypeStubs]
    AsyncOAuth2Client,  # pyright: ignore[reportUnknownVariableType]
)
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from tasktrail.actions.identity.provider_people import ProvenIdentity
from tasktrail.api.openid.flow import Flow, Flows
from tasktrail.api.openid.id_token import read_keys, verify_id_token
from tasktrail.api.openid.metadata import Metadata, address_of_metadata, read_metadata
from tasktrail.api.openid.refusal import Fault, OpenIdError
from tasktrail.config import Oidc
from tasktrail.model.instant import Instant, after

_BELIEVED = 3600.0
"""Seconds for which what a provider says of itself, and its keys, are believed."""
_PATIENCE = 10.0
"""Seconds that one answer of it may take."""


class OpenIdProvider:
    """Sends browsers to a provider, and finds out whom it has seen.

    Its metadata and keys are read when they are needed, and kept for an hour; a token of a key that
    is not known has the keys read again, as providers change them.
    """

    def __init__(self, config: Oidc, clock: Callable[[], Instant]) -> None:
        self.flows = Flows(clock)
        self._config = config
        self._clock = clock
        self._metadata: tuple[Metadata, Instant] | None = None
        self._keys: tuple[KeySet, Instant] | None = None

    async def authorization_url(self, flow: Flow) -> str:
        """Where the browser goes on.

        Raises:
            OpenIdError: the provider cannot be reached.
        """
        metadata = await self._read_metadata()
        client = self._client(metadata, flow)
        url, _ = client.create_authorization_url(
            metadata.authorization_endpoint,
            state=flow.state,
            code_verifier=flow.verifier,
            nonce=flow.nonce,
        )
        return cast("str", url)

    async def identity(self, code: str, flow: Flow) -> ProvenIdentity:
        """Whom the provider has seen.

        Raises:
            OpenIdError: it cannot be reached, or what it answers proves nothing.
        """
        metadata = await self._read_metadata()
        try:
            async with self._client(metadata, flow) as client:
                tokens = await client.fetch_token(
                    metadata.token_endpoint, code=code, code_verifier=flow.verifier
                )
                claims = await self._claims(str(tokens.get("id_token", "")), metadata, flow)
                if "email" not in claims and metadata.userinfo_endpoint is not None:
                    answer = await client.get(metadata.userinfo_endpoint)
                    claims = _with_userinfo(claims, answer.raise_for_status().json())
        except OAuthError as error:
            raise OpenIdError(Fault.NOT_PROVEN, f"the code was refused: {error}") from error
        except JoseError as error:
            raise OpenIdError(Fault.NOT_PROVEN, f"the ID token: {error}") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise OpenIdError(Fault.UNAVAILABLE, f"{type(error).__name__}: {error}") from error
        return ProvenIdentity(
            issuer=metadata.issuer,
            subject=claims["sub"],
            email=_text(claims.get("email")),
            email_verified=claims.get("email_verified") in (True, "true"),
            name=_text(claims.get("name")),
        )

    async def _claims(self, token: str, metadata: Metadata, flow: Flow) -> dict[str, Any]:
        def verify(keys: KeySet) -> dict[str, Any]:
            return verify_id_token(
                token,
                keys,
                issuer=metadata.issuer,
                client_id=self._config.client_id,
                nonce=flow.nonce,
                now=self._clock(),
            )

        try:
            return verify(await self._read_keys(metadata))
        except InvalidKeyIdError:
            self._keys = None
            return verify(await self._read_keys(metadata))

    async def _read_metadata(self) -> Metadata:
        now = self._clock()
        if self._metadata is None or self._metadata[1] <= now:
            document = await _read(address_of_metadata(self._config.issuer))
            found = read_metadata(document, self._config.issuer)
            self._metadata = found, after(now, _BELIEVED)
        return self._metadata[0]

    async def _read_keys(self, metadata: Metadata) -> KeySet:
        now = self._clock()
        if self._keys is None or self._keys[1] <= now:
            self._keys = read_keys(await _read(metadata.jwks_uri)), after(now, _BELIEVED)
        return self._keys[0]

    def _client(self, metadata: Metadata, flow: Flow) -> Any:
        secret = self._config.secret
        return AsyncOAuth2Client(
            self._config.client_id,
            secret,
            token_endpoint_auth_method=metadata.auth_method(secret),
            scope=" ".join(self._config.scopes),
            redirect_uri=flow.redirect_uri,
            code_challenge_method="S256",
            timeout=_PATIENCE,
            verify=_authorities(),
        )


@cache
def _authorities() -> ssl.SSLContext:
    """Whom this machine trusts: reading that takes 20 ms, in which nobody else is answered."""
    return httpx2.create_ssl_context()


async def _read(url: str) -> object:
    try:
        async with httpx2.AsyncClient(timeout=_PATIENCE, verify=_authorities()) as client:
            answer = await client.get(url)
            return answer.raise_for_status().json()
    except (httpx2.HTTPError, ValueError) as error:
        reason = f"{url}: {type(error).__name__}: {error}"
        raise OpenIdError(Fault.UNAVAILABLE, reason) from error


def _with_userinfo(claims: dict[str, Any], userinfo: object) -> dict[str, Any]:
    """What the provider says of the person elsewhere counts if it is about the same one."""
    told = cast("dict[str, Any]", userinfo) if isinstance(userinfo, dict) else {}
    if told.get("sub") != claims["sub"]:
        raise OpenIdError(Fault.NOT_PROVEN, "what it says of the person is about another one")
    return {**told, **claims}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
