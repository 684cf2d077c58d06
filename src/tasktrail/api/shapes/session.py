"""Signing in, and who is signed in."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from tasktrail.api.shapes.shape import Moment, Shape, Wish
from tasktrail.model.author import Role
from tasktrail.model.credential import LinkPurpose

_SESSION: dict[str, Any] = {
    "user": {"id": 12, "name": "Ann", "email": "ann@example.com"},
    "organizations": [{"id": 1, "name": "acme", "role": "owner"}],
    "orgId": 1,
}

Email = Annotated[str, StringConstraints(max_length=254)]
PersonName = Annotated[str, StringConstraints(max_length=200)]
Password = Annotated[str, StringConstraints(max_length=1000)]


class Provider(Shape):
    """An OpenID provider, under the name that people know it by."""

    name: str


class SignInMethods(Shape):
    """How people can sign in; `oidc` is null where no provider is set up."""

    model_config = Shape.model_config | {
        "json_schema_extra": {"examples": [{"password": True, "oidc": {"name": "Example SSO"}}]}
    }

    password: bool
    oidc: Provider | None


class Person(Shape):
    """Who is signed in."""

    id: int
    name: str
    email: str


class OrganizationOfPerson(Shape):
    """An organization that the person belongs to, and as what."""

    id: int
    name: str
    role: Role


class Session(Shape):
    """Who is signed in. `orgId` is the organization that requests are about which name none."""

    model_config = Shape.model_config | {"json_schema_extra": {"examples": [_SESSION]}}

    user: Person
    organizations: list[OrganizationOfPerson]
    org_id: int


class SignIn(Wish):
    """An email and its password."""

    model_config = Wish.model_config | {
        "json_schema_extra": {
            "examples": [{"email": "ann@example.com", "password": "correct horse battery"}]
        }
    }

    email: Email
    password: Password


LinkToken = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class LookAtLink(Wish):
    """A one-time link: its token is what follows the `#`."""

    model_config = Wish.model_config | {
        "json_schema_extra": {"examples": [{"token": "Jx1Yt0Wq9cJw6mFqk3d7s5bXo2n8v4aR"}]}
    }

    token: LinkToken


class LinkPerson(Shape):
    """Whom a one-time link is for, and what for. `name` and `email` are null for the first owner
    of an installation, who has yet to say them."""

    model_config = Shape.model_config | {
        "json_schema_extra": {
            "examples": [
                {
                    "purpose": "invitation",
                    "name": "Bea",
                    "email": "bea@example.com",
                    "expiresAt": "2026-12-01T16:12:50.123456Z",
                }
            ]
        }
    }

    purpose: LinkPurpose
    name: str | None
    email: str | None
    expires_at: Moment


class UseLink(Wish):
    """A one-time link: its token is what follows the `#`. With a `password` that one counts from
    now on, and all other sessions end. `name` is how the person wants to be called; `email` is for
    the first owner of an installation only."""

    model_config = Wish.model_config | {
        "json_schema_extra": {
            "examples": [
                {
                    "token": "Jx1Yt0Wq9cJw6mFqk3d7s5bXo2n8v4aR",
                    "password": "correct horse battery",
                }
            ]
        }
    }

    token: LinkToken
    password: Password | None = None
    name: PersonName | None = None
    email: Email | None = None


class NewPassword(Wish):
    """The password that counts until now, and the one that is to count."""

    model_config = Wish.model_config | {
        "json_schema_extra": {
            "examples": [{"before": "correct horse battery", "after": "staple or paper clip"}]
        }
    }

    before: Password
    after: Password = Field(description="At least 12 characters.")
