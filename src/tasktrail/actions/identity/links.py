"""One-time links by which people set their password: the first owner, new members, who lost it."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.actions.identity.change import Changes, Deed
from tasktrail.actions.identity.link_token import new_link
from tasktrail.actions.identity.passwords import Passwords, password_problem
from tasktrail.actions.identity.person import person
from tasktrail.actions.identity.text import (
    check,
    email_problem,
    name_problem,
    plain,
    plain_email,
)
from tasktrail.actions.identity.token import digest_of
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.throttle import Throttle
from tasktrail.errors import ConflictError, NotSignedInError
from tasktrail.model.access import Actor
from tasktrail.model.author import Role
from tasktrail.model.credential import LinkPurpose
from tasktrail.model.instant import Instant
from tasktrail.store.identity.memberships import Belonging, add_member, belongings_of
from tasktrail.store.identity.sessions import end_sessions_of
from tasktrail.store.identity.sign_in_links import SignInLink, spend_link, usable_link
from tasktrail.store.identity.users import (
    User,
    add_user,
    find_user,
    find_user_by_email,
    set_name_and_email,
    set_password,
    user_count,
)
from tasktrail.store.store import Connection

_FIRST_EMAIL = "owner@localhost"
"""Of the first owner, until that person says how to be called."""


_BURST, _SECONDS = 20, 3.0


@dataclass(frozen=True, slots=True)
class Welcome:
    """Whom a link is for, and what for."""

    purpose: LinkPurpose
    email: str
    name: str
    expires_at: Instant

    @property
    def named(self) -> bool:
        """Whether the person is called so by somebody: a first owner is yet to say."""
        return self.email != _FIRST_EMAIL


class SignInLinks:
    """Links that work once: whoever has one sets the password of its person."""

    def __init__(self, changes: Changes, passwords: Passwords) -> None:
        self._changes = changes
        self._passwords = passwords
        self._by_source = Throttle(changes.clock, burst=_BURST, seconds=_SECONDS)

    async def first_owner(self, actor: Actor) -> str | None:
        """The token of a link for the first owner of the actor's organization, where nobody is
        known yet, or nobody but a first owner who has not used an earlier link; else None.

        It is recorded in the name of the actor.
        """
        if not await self._changes.store.read(_waits_for_first_owner):
            return None

        def apply(ledger: Ledger) -> tuple[str, Deed]:
            connection = ledger.transaction.connection
            user = find_user_by_email(connection, _FIRST_EMAIL)
            if user is None:
                user = add_user(
                    connection, email=_FIRST_EMAIL, name="Owner", staff=False, now=ledger.now
                )
                add_member(connection, actor.organization_id, user.id, Role.OWNER, ledger.now)
            token = new_link(ledger, user.id, LinkPurpose.FIRST_OWNER)
            return token, Deed(name="user.link", title="A link for the first owner was made")

        return (await self._changes.change_as(actor, apply)).value

    async def look(self, token: str, *, source: str = "local") -> Welcome:
        """Whom the link is for; it can still be used afterwards. `source` is where the request
        comes from.

        Raises:
            NotSignedInError: there is no such link, it was used, or it has expired.
            TooManyRequestsError: there were too many tries from there.
        """
        self._by_source.take(source)
        return await self._welcome(token)

    async def redeem(
        self,
        token: str,
        *,
        password: str | None,
        source: str = "local",
        name: str | None = None,
        email: str | None = None,
    ) -> int:
        """Set the password of the link's person, and end all sessions there are; the person's id.
        Without a password neither changes. The link does not work any more. A first owner says how
        to be called, too. `source` is where the request comes from.

        Raises:
            NotSignedInError: there is no such link, it was used, or it has expired.
            TooManyRequestsError: there were too many tries from there.
            InvalidInputError: the password is too short or too easy, or name or email are none.
            ConflictError: somebody else has this email.
        """
        self._by_source.take(source)
        welcome = await self._welcome(token)
        called = welcome.name if name is None else plain(name)
        address = welcome.email
        if email is not None and welcome.purpose is LinkPurpose.FIRST_OWNER:
            address = plain_email(email)
        check(
            (
                None if password is None else password_problem(password, address),
                name_problem("name", called),
                email_problem(address),
            )
        )
        hashed = None if password is None else await self._passwords.hash(password)
        now = self._changes.clock()
        actor = await self._changes.store.read(
            lambda connection: _actor(connection, _found(connection, token, now)[1], called)
        )

        def apply(ledger: Ledger) -> tuple[int, Deed]:
            connection = ledger.transaction.connection
            link, user = _found(connection, token, ledger.now)
            if not spend_link(connection, link.id, ledger.now):
                raise _no_link()
            other = find_user_by_email(connection, address)
            if other is not None and other.id != user.id:
                raise ConflictError(f"somebody else has the email {address}")
            set_name_and_email(connection, user.id, name=called, email=address)
            who, how = f"{called} ({address})", f"by a link ({link.purpose})"
            if hashed is None:
                return user.id, Deed(name="user.use-link", title=f"{who} came {how}")
            set_password(connection, user.id, hashed)
            end_sessions_of(connection, user.id, ledger.now)
            return user.id, Deed(name="user.set-password", title=f"{who} set a password {how}")

        return (await self._changes.change_as(actor, apply)).value

    async def _welcome(self, token: str) -> Welcome:
        now = self._changes.clock()

        def query(connection: Connection) -> Welcome:
            link, user = _found(connection, token, now)
            return Welcome(link.purpose, user.email, user.name, link.expires_at)

        return await self._changes.store.read(query)


def _found(connection: Connection, token: str, now: Instant) -> tuple[SignInLink, User]:
    link = usable_link(connection, digest_of(token), now)
    user = find_user(connection, link.user_id) if link is not None else None
    if link is None or user is None or user.disabled_at is not None:
        raise _no_link()
    return link, user


def _actor(connection: Connection, user: User, name: str) -> Actor:
    place: Belonging | None = next(iter(belongings_of(connection, user.id)), None)
    if place is None:
        raise _no_link()
    return person(user, place, name)


def _waits_for_first_owner(connection: Connection) -> bool:
    count = user_count(connection)
    first = find_user_by_email(connection, _FIRST_EMAIL) if count == 1 else None
    return count == 0 or (first is not None and first.password_hash is None)


def _no_link() -> NotSignedInError:
    return NotSignedInError(
        "this link was used, has expired, or was never made",
        hint="ask for a new one: tasktrail user link EMAIL",
    )
