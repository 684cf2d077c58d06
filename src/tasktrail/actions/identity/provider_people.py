"""People who come from an OpenID provider."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tasktrail.actions.identity.change import Changes, Deed
from tasktrail.actions.identity.members import added, join
from tasktrail.actions.identity.person import person
from tasktrail.actions.identity.text import email_problem, name_problem, plain, plain_email
from tasktrail.actions.ledger import Ledger
from tasktrail.errors import ConflictError
from tasktrail.model.access import Actor
from tasktrail.model.author import Role, robot
from tasktrail.store.identity.memberships import Belonging, belongings_of
from tasktrail.store.identity.user_identities import (
    add_user_identity,
    knows_user,
    user_of_identity,
)
from tasktrail.store.identity.users import User, add_user, find_user_by_email
from tasktrail.store.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenIdentity:
    """Whom a provider has seen: `subject` is that person for ever, at this `issuer`. What it says
    of an email counts only if it has verified that."""

    issuer: str
    subject: str
    email: str | None
    email_verified: bool
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcoming:
    """Who is let in. `domains` are those of emails that are accepted, none stands for all; with
    `provision` who is unknown becomes a member of the organization."""

    organization_id: int
    domains: frozenset[str] = frozenset()
    provision: bool = False


class NotLetIn(StrEnum):
    """Why somebody whom a provider has seen is not let in."""

    EMAIL_NOT_VERIFIED = "email_not_verified"
    DOMAIN = "domain_not_accepted"
    UNKNOWN = "unknown_person"
    KNOWN_OTHERWISE = "known_otherwise"
    """The provider knows the person of that email by another subject: emails are given to others,
    too, when somebody leaves."""


class ProviderPeople:
    """Finds the person behind an identity; the first time by an email that is verified."""

    def __init__(self, changes: Changes, robot_name: str) -> None:
        self._changes = changes
        self._robot = robot(robot_name)

    async def person(self, seen: ProvenIdentity, welcoming: Welcoming) -> int | NotLetIn:
        """The id of the person, who may be new here.

        Raises:
            ConflictError: the same person has come twice at once; the other time went well.
        """
        store = self._changes.store

        def same(connection: Connection) -> int | None:
            return user_of_identity(connection, seen.issuer, seen.subject)

        known = await store.read(same)
        if known is not None:
            return known
        email = plain_email(seen.email or "")
        if not seen.email_verified or email_problem(email) is not None:
            return NotLetIn.EMAIL_NOT_VERIFIED
        if welcoming.domains and email.rpartition("@")[2] not in welcoming.domains:
            return NotLetIn.DOMAIN
        found = await store.read(lambda connection: _somebody(connection, email))
        if found is not None:
            user, place = found
            if await store.read(lambda connection: knows_user(connection, seen.issuer, user.id)):
                # As somebody else, unless this very person has become known since the first look.
                return await store.read(same) or NotLetIn.KNOWN_OTHERWISE
            return await self._link(seen, user, place)
        if not welcoming.provision:
            return NotLetIn.UNKNOWN
        return await self._provision(seen, email, welcoming.organization_id)

    async def _link(self, seen: ProvenIdentity, user: User, place: Belonging) -> int:
        def apply(ledger: Ledger) -> tuple[int, Deed]:
            connection = ledger.transaction.connection
            if knows_user(connection, seen.issuer, user.id):
                raise _came_twice(user.email)
            _enter(ledger, seen, user.id)
            title = f"{user.name} ({user.email}) is known to {seen.issuer} now"
            return user.id, Deed(name="user.link-identity", title=title)

        return (await self._changes.change_as(person(user, place), apply)).value

    async def _provision(self, seen: ProvenIdentity, email: str, organization_id: int) -> int:
        name = plain(seen.name or "")
        called = email if name_problem("name", name) is not None else name

        def apply(ledger: Ledger) -> tuple[int, Deed]:
            connection = ledger.transaction.connection
            if find_user_by_email(connection, email) is not None:
                raise _came_twice(email)
            user = add_user(connection, email=email, name=called, staff=False, now=ledger.now)
            member = join(ledger, organization_id, user, Role.MEMBER)
            _enter(ledger, seen, user.id)
            return user.id, added(member)

        actor = Actor(author=self._robot, organization_id=organization_id)
        return (await self._changes.change_as(actor, apply)).value


def _somebody(connection: Connection, email: str) -> tuple[User, Belonging] | None:
    """The person of that email who belongs somewhere, and where first."""
    user = find_user_by_email(connection, email)
    place = None if user is None else next(iter(belongings_of(connection, user.id)), None)
    return None if user is None or place is None else (user, place)


def _came_twice(email: str) -> ConflictError:
    return ConflictError(f"{email} has just become known here", hint="sign in once more")


def _enter(ledger: Ledger, seen: ProvenIdentity, user_id: int) -> None:
    add_user_identity(
        ledger.transaction.connection,
        issuer=seen.issuer,
        subject=seen.subject,
        user_id=user_id,
        now=ledger.now,
    )
