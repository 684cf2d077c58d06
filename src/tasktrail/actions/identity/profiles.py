"""Who somebody is, and where the person belongs."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.actions.identity.change import Changes
from tasktrail.errors import NotAllowedError, NotFoundError
from tasktrail.model.author import Role
from tasktrail.model.caller import Caller
from tasktrail.store.identity.memberships import belongings_of
from tasktrail.store.identity.users import User, find_user
from tasktrail.store.organizations import Organization, find_organization
from tasktrail.store.store import Connection


@dataclass(frozen=True, slots=True)
class Place:
    """An organization, and what somebody is there; None for who is no person."""

    organization: Organization
    role: Role | None


@dataclass(frozen=True, slots=True)
class Profile:
    """A person, and the organizations in which it has rights, the first joined first."""

    user: User
    places: tuple[Place, ...]


class Profiles:
    """What people may know of themselves."""

    def __init__(self, changes: Changes) -> None:
        self._store = changes.store

    async def of_session(self, caller: Caller) -> Profile:
        """The person who has a session.

        Raises:
            NotAllowedError: the caller has none.
        """
        if not caller.has_session or caller.user_id is None:
            raise NotAllowedError("this needs a session, not an API key")
        return await self.of_user(caller.user_id)

    async def of_user(self, user_id: int) -> Profile:
        """A person.

        Raises:
            NotFoundError: there is none such.
        """

        def query(connection: Connection) -> Profile:
            user = find_user(connection, user_id)
            if user is None:
                raise NotFoundError(f"there is no person {user_id}")
            return Profile(user, _places(connection, user_id))

        return await self._store.read(query)

    async def places(self, caller: Caller) -> tuple[Place, ...]:
        """Where the caller can act: everywhere that the person belongs, or the one organization of
        an API key."""

        def query(connection: Connection) -> tuple[Place, ...]:
            if caller.has_session and caller.user_id is not None:
                return _places(connection, caller.user_id)
            found = find_organization(connection, caller.actor.organization_id)
            return () if found is None else (Place(found, caller.actor.author.role),)

        return await self._store.read(query)


def _places(connection: Connection, user_id: int) -> tuple[Place, ...]:
    return tuple(
        Place(organization, place.role)
        for place in belongings_of(connection, user_id)
        if (organization := find_organization(connection, place.organization_id)) is not None
    )
