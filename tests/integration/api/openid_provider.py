"""A small OpenID provider that people can really sign in at, and that can be made to lie."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tasktrail.api.uvicorn_server import UvicornServer

CLIENT_ID = "tasktrail"
CLIENT_SECRET = "what-only-this-client-knows"


def _unchanged(claims: dict[str, Any]) -> dict[str, Any]:
    return claims


@cache
def _signing_key(number: int) -> RSAKey:
    """Each is made once: that takes long."""
    return RSAKey.generate_key(2048, {"kid": f"key-{number}"}, private=True)


@dataclass
class Provider:
    """Whoever comes is signed in as `person`. What it says of that person is `lie` of the truth."""

    url: str
    person: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "248289761001",
            "email": "ann@example.com",
            "email_verified": True,
            "name": "Ann",
        }
    )
    lie: Callable[[dict[str, Any]], dict[str, Any]] = _unchanged
    sign: Callable[[dict[str, Any]], str] | None = None
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    email_in_token: bool = True
    userinfo_subject: str | None = None
    denies: str | None = None
    grants: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    asked: list[str] = field(default_factory=list[str])
    keys: list[RSAKey] = field(default_factory=list[RSAKey])
    rotations: int = 0

    def rotate(self) -> None:
        """Sign with a new key from now on; the former is known no more."""
        self.rotations += 1
        self.keys = [_signing_key(self.rotations)]

    def token(self, claims: dict[str, Any]) -> str:
        """An ID token."""
        key = self.keys[0]
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)

    async def configuration(self, request: Request) -> Response:
        self.asked.append("configuration")
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "userinfo_endpoint": f"{self.url}/userinfo",
                **self.metadata,
            }
        )

    async def jwks(self, request: Request) -> Response:
        self.asked.append("keys")
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.keys]})

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        back = {"state": asked["state"]}
        if self.denies is None:
            code = f"code-{len(self.grants)}-{asked['nonce'][:8]}"
            self.grants[code] = asked
            back["code"] = code
        else:
            back["error"] = self.denies
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    async def exchange(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        grant = self.grants.pop(form.get("code", ""), None)
        if request.headers.get("authorization") != _basic():
            return JSONResponse({"error": "invalid_client"}, 401)
        if grant is None or form["redirect_uri"] != grant["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if _encoded(digest) != grant["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        person = self.person if self.email_in_token else {"sub": self.person["sub"]}
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": grant["nonce"],
            **person,
        }
        token = (self.sign or self.token)(self.lie(claims))
        return JSONResponse({"access_token": "at", "token_type": "Bearer", "id_token": token})

    async def userinfo(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer at"
        subject = self.userinfo_subject or self.person["sub"]
        return JSONResponse(self.person | {"sub": subject})


def unsigned(claims: dict[str, Any]) -> str:
    """An ID token that says that it needs no signature."""
    return _parts({"alg": "none"}, claims) + "."


def signed_by_what_is_public(key: RSAKey, claims: dict[str, Any]) -> str:
    """An ID token whose secret is the public key of the provider, which everybody knows."""
    content = _parts({"alg": "HS256", "kid": key.kid}, claims)
    digest = hmac.digest(key.as_pem(private=False), content.encode(), "sha256")
    return f"{content}.{_encoded(digest)}"


def _parts(*parts: object) -> str:
    return ".".join(_encoded(json.dumps(one).encode()) for one in parts)


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@asynccontextmanager
async def openid_provider() -> AsyncGenerator[Provider]:
    """A provider at a free port of this machine."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        provider = Provider(f"http://127.0.0.1:{listener.getsockname()[1]}")
        provider.rotate()
        app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", provider.configuration),
                Route("/keys", provider.jwks),
                Route("/authorize", provider.authorize),
                Route("/token", provider.exchange, methods=["POST"]),
                Route("/userinfo", provider.userinfo),
            ]
        )
        server = UvicornServer(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
        serving = asyncio.ensure_future(server.serve([listener]))
        await server.listening(serving)
        try:
            yield provider
        finally:
            server.leave()
            await serving


def _basic() -> str:
    return "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
