"""What a provider says of itself (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from msgspec import Struct, ValidationError, convert

from tasktrail.api.openid.refusal import Fault, OpenIdError

_BASIC = "client_secret_basic"
_POST = "client_secret_post"


class Metadata(Struct, frozen=True, kw_only=True):
    """Where things are at a provider."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = (_BASIC,)

    def auth_method(self, secret: str | None) -> str:
        """How we say there who we are."""
        if secret is None:
            return "none"
        supported = self.token_endpoint_auth_methods_supported
        return _POST if _POST in supported and _BASIC not in supported else _BASIC


def address_of_metadata(issuer: str) -> str:
    """Where a provider says it."""
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def read_metadata(document: object, issuer: str) -> Metadata:
    """What is said there.

    Raises:
        OpenIdError: something is missing, it is of another issuer, or sends us from a connection
            that is encrypted to one that is not.
    """
    try:
        metadata = convert(document, Metadata)
    except ValidationError as error:
        raise OpenIdError(Fault.UNAVAILABLE, f"its metadata cannot be read: {error}") from error
    if metadata.issuer != issuer:
        raise OpenIdError(Fault.UNAVAILABLE, f"it calls itself {metadata.issuer!r}")
    scheme = "https://" if issuer.startswith("https://") else ("https://", "http://")
    endpoints = (
        metadata.authorization_endpoint,
        metadata.token_endpoint,
        metadata.jwks_uri,
        *(() if metadata.userinfo_endpoint is None else (metadata.userinfo_endpoint,)),
    )
    if not all(one.startswith(scheme) for one in endpoints):
        raise OpenIdError(Fault.UNAVAILABLE, "an endpoint has an address that is not encrypted")
    return metadata
