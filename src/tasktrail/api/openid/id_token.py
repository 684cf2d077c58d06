"""Verifies ID tokens (OpenID Connect Core 1.0, 3.1.3.7)."""

from __future__ import annotations

import hmac
from typing import Any, cast

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tasktrail.api.openid.refusal import Fault, OpenIdError
from tasktrail.model.instant import Instant

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
"""Signatures by a key pair alone: whoever can verify must not be able to sign."""

SKEW = 60.0
"""Seconds by which the provider's clock may differ from ours."""

_LONGEST_SUBJECT = 255


def verify_id_token(
    token: str, keys: KeySet, *, issuer: str, client_id: str, nonce: str, now: Instant
) -> dict[str, Any]:
    """The claims of a token that the provider made for us, for this sign-in, just now.

    Raises:
        JoseError: none of the keys has signed it.
        OpenIdError: it is for somebody or something else, or its time is over.
    """
    claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    wrong = _wrong(claims, issuer, client_id, nonce, now / 1_000_000)
    if wrong is not None:
        raise OpenIdError(Fault.NOT_PROVEN, wrong)
    return claims


def read_keys(document: object) -> KeySet:
    """The keys of a JSON Web Key Set (RFC 7517).

    Raises:
        OpenIdError: it is none.
    """
    try:
        return KeySet.import_key_set(cast("Any", document))
    except (JoseError, LookupError, TypeError, ValueError) as error:
        raise OpenIdError(Fault.UNAVAILABLE, f"its keys cannot be read: {error}") from error


def _wrong(
    claims: dict[str, Any], issuer: str, client_id: str, nonce: str, now: float
) -> str | None:
    audience = claims.get("aud")
    audiences = cast("list[object]", audience) if isinstance(audience, list) else [audience]
    expires, issued = claims.get("exp"), claims.get("iat")
    subject = claims.get("sub")
    if claims.get("iss") != issuer:
        return "another issuer"
    if client_id not in audiences:
        return "for another client"
    if claims.get("azp", client_id) != client_id or (len(audiences) > 1 and "azp" not in claims):
        return "given to another client"
    if not isinstance(expires, int | float) or expires <= now - SKEW:
        return "expired"
    if not isinstance(issued, int | float) or max(issued, claims.get("nbf", issued)) > now + SKEW:
        return "not valid yet"
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        return "of another sign-in"
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        return "about nobody"
    return None
