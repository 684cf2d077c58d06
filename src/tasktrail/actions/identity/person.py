"""Somebody who proves to be a person, before there is a session or a key."""

from __future__ import annotations

from tasktrail.model.access import Actor
from tasktrail.model.author import Author, AuthorKind
from tasktrail.store.identity.memberships import Belonging
from tasktrail.store.identity.users import User


def person(user: User, place: Belonging, name: str | None = None) -> Actor:
    """The person as the author of what it does in an organization, under a new name if given."""
    author = Author(kind=AuthorKind.USER, name=name or user.name, id=user.id, role=place.role)
    return Actor(author=author, organization_id=place.organization_id)
