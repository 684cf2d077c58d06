"""Signing in by an OpenID provider."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from tasktrail.actions.identity.provider_people import NotLetIn, Welcoming
from tasktrail.api.address_limit import site_of
from tasktrail.api.beginning import begin_session
from tasktrail.api.link import is_encrypted, link_to
from tasktrail.api.openid.flow import LASTS
from tasktrail.api.openid.refusal import Fault, OpenIdError
from tasktrail.api.route import answers
from tasktrail.api.services import Own, Services
from tasktrail.errors import ConflictError, NotAllowedError, NotFoundError, NotSignedInError

if TYPE_CHECKING:
    from tasktrail.api.openid.provider import OpenIdProvider

FLOW_COOKIE = "tasktrail_sign_in"
_PATH = "/v1/session/oidc"

_WORDS: dict[Fault | NotLetIn, str] = {
    Fault.UNAVAILABLE: "The sign-in service cannot be reached at the moment",
    Fault.NOT_BEGUN: "This sign-in was not begun here, or took too long; please try again",
    Fault.DENIED: "The sign-in service did not let you through",
    Fault.NOT_PROVEN: "The sign-in service did not prove who you are; please try again",
    NotLetIn.EMAIL_NOT_VERIFIED: "The sign-in service has not verified your email",
    NotLetIn.DOMAIN: "Emails of this domain are not accepted here",
    NotLetIn.UNKNOWN: "Nobody with your email is known here; ask an owner to add you",
    NotLetIn.KNOWN_OTHERWISE: "Somebody with your email is known here by another identity",
}
_NOT_ALLOWED = "You cannot sign in here at the moment; ask an owner of your organization"

_log = logging.getLogger(__name__)

_Text = Annotated[str, Query(max_length=4096)]


@answers(
    shape=None,
    status=HTTPStatus.SEE_OTHER,
    media_type="text/plain",
    refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS),
)
async def begin_oidc(request: Request, own: Own) -> Response:
    """Sign in by a provider

    Sends the browser to the provider that is set up, which sends it back to `callback`. What goes
    wrong on the way is told at `/sign-in#error=`.
    """
    provider = _provider(own)
    own.identities.sessions.count_try(site_of(request))
    flow, token = provider.flows.begin(link_to(request, f"{_PATH}/callback"))
    try:
        answer = _go_to(await provider.authorization_url(flow))
    except OpenIdError as error:
        return _refused(error.fault, error.reason)
    answer.set_cookie(
        FLOW_COOKIE,
        token,
        max_age=int(LASTS),
        path=_PATH,
        secure=is_encrypted(request),
        httponly=True,
        samesite="lax",
    )
    return answer


@answers(
    shape=None,
    status=HTTPStatus.SEE_OTHER,
    media_type="text/plain",
    refusals=(HTTPStatus.NOT_FOUND,),
)
async def finish_oidc(
    request: Request,
    own: Own,
    state: _Text = "",
    code: _Text = "",
    error: _Text = "",
) -> Response:
    """Come back from the provider

    Begins a session of the person whom the provider has seen, and goes to the start page.
    """
    provider = _provider(own)
    answer = await _finish(request, own, provider, state, code, error)
    answer.delete_cookie(FLOW_COOKIE, path=_PATH)
    return answer


async def _finish(
    request: Request, own: Services, provider: OpenIdProvider, state: str, code: str, error: str
) -> Response:
    flow = provider.flows.take(state, request.cookies.get(FLOW_COOKIE, ""))
    if flow is None:
        return _refused(Fault.NOT_BEGUN, "no such sign-in has begun in this browser")
    if error or not code:
        return _refused(Fault.DENIED, error or "no code")
    try:
        seen = await provider.identity(code, flow)
        found = await own.identities.provider_people.person(seen, _welcoming(own))
        if isinstance(found, NotLetIn):
            return _refused(found, f"subject {seen.subject!r}")
        begun = await own.identities.sessions.begin(found)
    except OpenIdError as fault:
        return _refused(fault.fault, fault.reason)
    except (ConflictError, NotAllowedError, NotSignedInError) as refusal:
        return _to_sign_in(refusal.code, _NOT_ALLOWED)
    answer = _go_to("/")
    await begin_session(request, own, answer, begun.value)
    return answer


def _provider(own: Services) -> OpenIdProvider:
    if own.oidc is None:
        raise NotFoundError("no provider is set up here", hint="`oidc` in config.toml names one")
    return own.oidc


def _welcoming(own: Services) -> Welcoming:
    config = own.config.oidc
    assert config is not None, "there is a provider"
    return Welcoming(
        organization_id=own.organization_id,
        domains=frozenset(domain.lower() for domain in config.domains),
        provision=config.provision,
    )


def _refused(why: Fault | NotLetIn, reason: str) -> Response:
    _log.warning("nobody was signed in by the provider: %s: %s", why, reason)
    return _to_sign_in(why, _WORDS[why])


def _to_sign_in(code: str, message: str) -> Response:
    return _go_to(f"/sign-in#{urlencode({'error': code, 'message': message})}")


def _go_to(url: str) -> Response:
    return Response("Go on there.\n", HTTPStatus.SEE_OTHER, {"Location": url}, "text/plain")
