"""Signing in and out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tasktrail.actions.identity.profiles import Profile
from tasktrail.api.address_limit import site_of
from tasktrail.api.answer import json_answer
from tasktrail.api.beginning import begin_session
from tasktrail.api.credentials import SignedIn
from tasktrail.api.route import answers
from tasktrail.api.same_origin import refuse_foreign_page
from tasktrail.api.services import Own
from tasktrail.api.session_cookie import drop_session_cookie
from tasktrail.api.shapes.session import (
    LinkPerson,
    LookAtLink,
    NewPassword,
    Session,
    SignIn,
    SignInMethods,
    UseLink,
)
from tasktrail.api.shapes.shape import Accepted
from tasktrail.model.instant import to_rfc3339

_REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)


@answers(shape=SignInMethods)
async def get_sign_in_methods(own: Own) -> Response:
    """Get the ways to sign in

    By password, and by a provider where one is set up: see `GET /session/oidc`.
    """
    oidc = own.config.oidc
    return json_answer({"password": True, "oidc": None if oidc is None else {"name": oidc.name}})


@answers(shape=Session)
async def get_session(own: Own, caller: SignedIn) -> Response:
    """Get who is signed in

    For the pages of this server: it needs a session, not an API key.
    """
    profile = await own.identities.profiles.of_session(caller)
    return json_answer(_present(profile, caller.actor.organization_id))


@answers(shape=Session, refusals=_REFUSALS)
async def sign_in(request: Request, own: Own, wish: SignIn) -> Response:
    """Sign in

    Begins a session: its token is in the cookie that the answer sets. After several failures it
    takes some minutes until a password is accepted again.
    """
    refuse_foreign_page(request)
    begun = await own.identities.sessions.sign_in(
        email=wish.email, password=wish.password, source=site_of(request)
    )
    profile = await own.identities.profiles.of_user(begun.value.user_id)
    answer = json_answer(_present(profile, begun.value.organization_id))
    await begin_session(request, own, answer, begun.value)
    return answer


@answers(shape=LinkPerson, refusals=_REFUSALS)
async def look_at_link(request: Request, own: Own, wish: LookAtLink) -> Response:
    """See whom a one-time link is for

    It can still be used afterwards.
    """
    refuse_foreign_page(request)
    welcome = await own.identities.links.look(wish.token, source=site_of(request))
    return json_answer(
        {
            "purpose": welcome.purpose,
            "name": welcome.name if welcome.named else None,
            "email": welcome.email if welcome.named else None,
            "expiresAt": to_rfc3339(welcome.expires_at),
        }
    )


@answers(shape=Session, refusals=(*_REFUSALS, HTTPStatus.CONFLICT))
async def use_link(request: Request, own: Own, wish: UseLink) -> Response:
    """Sign in by a one-time link

    Of the first owner, of an invitation, or of a lost password. It works once.
    """
    refuse_foreign_page(request)
    user_id = await own.identities.links.redeem(
        wish.token,
        password=wish.password,
        source=site_of(request),
        name=wish.name,
        email=wish.email,
    )
    begun = await own.identities.sessions.begin(user_id)
    profile = await own.identities.profiles.of_user(user_id)
    answer = json_answer(_present(profile, begun.value.organization_id))
    await begin_session(request, own, answer, begun.value)
    return answer


@answers(shape=Accepted)
async def sign_out(request: Request, own: Own, caller: SignedIn) -> Response:
    """Sign out

    The session ends at this moment, for whoever holds its token.
    """
    ended = await own.identities.sessions.sign_out(caller)
    answer = json_answer({"success": True, "taskId": ended.task_id})
    drop_session_cookie(request, answer)
    return answer


@answers(shape=Accepted)
async def change_password(own: Own, caller: SignedIn, wish: NewPassword) -> Response:
    """Change your password

    It ends all your other sessions.
    """
    changed = await own.identities.sessions.change_password(
        caller, before=wish.before, after=wish.after
    )
    return json_answer({"success": True, "taskId": changed.task_id})


def _present(profile: Profile, organization_id: int) -> dict[str, Any]:
    user = profile.user
    return {
        "user": {"id": user.id, "name": user.name, "email": user.email},
        "organizations": [
            {"id": place.organization.id, "name": place.organization.name, "role": place.role}
            for place in profile.places
        ],
        "orgId": organization_id,
    }
