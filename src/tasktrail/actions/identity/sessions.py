"""Signing in and out, and changing one's password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tasktrail.actions.identity.change import Changed, Changes, Deed
from tasktrail.actions.identity.failed_sign_ins import FailedSignIns
from tasktrail.actions.identity.passwords import Passwords, password_problem
from tasktrail.actions.identity.person import person
from tasktrail.actions.identity.require import anybody
from tasktrail.actions.identity.text import check, plain_email
from tasktrail.actions.identity.token import digest_of, new_token
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.throttle import Throttle
from tasktrail.errors import NotAllowedError, NotSignedInError
from tasktrail.model.caller import Caller
from tasktrail.model.instant import Instant, after
from tasktrail.store.identity.memberships import Belonging, belongings_of
from tasktrail.store.identity.sessions import add_session, end_session, end_sessions_of
from tasktrail.store.identity.users import (
    User,
    find_user,
    find_user_by_email,
    note_signed_in,
    set_password,
)
from tasktrail.store.store import Connection

SESSION_LASTS = 12 * 3600.0
"""Seconds for which a session can be used."""

_SOURCE_BURST, _SOURCE_SECONDS = 20, 3.0
_EMAIL_BURST, _EMAIL_SECONDS = 10, 6.0


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. `token` is for its person only, and kept nowhere."""

    token: str
    session_id: int
    user_id: int
    organization_id: int
    expires_at: Instant


class Sessions:
    """The sessions of people.

    A sign-in that fails says nothing about why, and takes as long whoever it is: wrong email,
    wrong password, no password, locked out, disabled. Failures are counted; they are no tasks, as
    nobody is known to have tried.
    """

    def __init__(self, changes: Changes, passwords: Passwords) -> None:
        self._changes = changes
        self._passwords = passwords
        clock = changes.clock
        self._by_source = Throttle(clock, burst=_SOURCE_BURST, seconds=_SOURCE_SECONDS)
        self._by_email = Throttle(clock, burst=_EMAIL_BURST, seconds=_EMAIL_SECONDS)
        self._failures = FailedSignIns(changes.decisions)

    async def sign_in(
        self, *, email: str, password: str, source: str, organization_id: int | None = None
    ) -> Changed[SignedIn]:
        """Begin a session by a password. `source` is where the request comes from.

        Raises:
            NotSignedInError: email and password are not those of somebody who may sign in.
            NotAllowedError: they are, but of somebody who belongs to no (or not this) organization.
            TooManyRequestsError: there were too many tries from there, or for this email.
            StoreUnavailableError: nothing was kept.
        """
        email = plain_email(email)
        self._by_source.take(source)
        self._by_email.take(digest_of(email))
        user = await self._changes.store.read(
            lambda connection: find_user_by_email(connection, email)
        )
        right = await self._passwords.verify(password, user.password_hash if user else None)
        if user is None:
            raise _refused()
        if not right or not _may_try(user, self._changes.clock()):
            # Who is locked out already is not kept out longer by trying.
            if not right and _may_try(user, self._changes.clock()):
                self._failures.note(user.id)
            raise _refused()
        if user.password_hash is not None and self._passwords.outdated(user.password_hash):
            await self._hash_anew(user.id, password)
        return await self._begin(user.id, organization_id, _may_try)

    async def begin(self, user_id: int, organization_id: int | None = None) -> Changed[SignedIn]:
        """Begin a session of somebody who has proven to be that person, always a new one.

        Failed tries of a password lock nobody out who comes by something else.

        Raises:
            NotSignedInError: the person is disabled, or unknown.
            NotAllowedError: the person belongs to no (or not this) organization.
        """
        return await self._begin(user_id, organization_id, _enabled)

    def count_try(self, source: str) -> None:
        """Count a try to sign in by something else than a password.

        Raises:
            TooManyRequestsError: there were too many from there.
        """
        self._by_source.take(source)

    async def sign_out(self, caller: Caller) -> Changed[None]:
        """End the session of the caller; whoever carries its token is nobody from now on.

        Raises:
            NotAllowedError: the caller has no session.
        """
        session_id = _session_id(caller)

        def apply(ledger: Ledger, now: Caller) -> tuple[None, Deed]:
            end_session(ledger.transaction.connection, session_id, ledger.now)
            title = f"{now.actor.author.name} signed out"
            return None, Deed(name="session.sign-out", title=title)

        return await self._changes.change(caller, anybody, apply)

    async def change_password(self, caller: Caller, *, before: str, after: str) -> Changed[None]:
        """Give the caller another password, and end all of the person's other sessions.

        Raises:
            NotAllowedError: the caller has no session.
            NotSignedInError: `before` is not the password.
            InvalidInputError: `after` is too short or too easy to guess.
            TooManyRequestsError: there were too many tries.
        """
        session_id, user_id = _session_id(caller), caller.user_id
        assert user_id is not None, "sessions are of people"
        user = await self._changes.store.read(lambda connection: find_user(connection, user_id))
        if user is None:
            raise _refused()
        self._by_email.take(digest_of(user.email))
        check((password_problem(after, user.email),))
        if not await self._passwords.verify(before, user.password_hash):
            raise _refused()
        hashed = await self._passwords.hash(after)

        def apply(ledger: Ledger, _: Caller) -> tuple[None, Deed]:
            connection = ledger.transaction.connection
            set_password(connection, user_id, hashed)
            end_sessions_of(connection, user_id, ledger.now, but=session_id)
            title = f"{user.name} has a new password"
            return None, Deed(name="user.change-password", title=title)

        return await self._changes.change(caller, anybody, apply)

    async def settled(self) -> None:
        """Return when all failures so far are counted."""
        await self._failures.settled()

    async def _begin(
        self,
        user_id: int,
        organization_id: int | None,
        may_begin: Callable[[User, Instant], bool],
    ) -> Changed[SignedIn]:
        token = new_token()
        place = await self._changes.store.read(
            lambda connection: _place_of(connection, user_id, organization_id)
        )

        def apply(ledger: Ledger) -> tuple[SignedIn, Deed]:
            connection, now = ledger.transaction.connection, ledger.now
            user = find_user(connection, user_id)
            if user is None or not may_begin(user, now):
                raise _refused()
            note_signed_in(connection, user_id)
            expires_at = after(now, SESSION_LASTS)
            session_id = add_session(
                connection,
                user_id=user_id,
                digest=digest_of(token),
                now=now,
                expires_at=expires_at,
            )
            signed_in = SignedIn(token, session_id, user_id, place.organization_id, expires_at)
            return signed_in, Deed(name="session.sign-in", title=f"{user.name} signed in")

        user = await self._changes.store.read(lambda connection: find_user(connection, user_id))
        if user is None:
            raise _refused()
        return await self._changes.change_as(person(user, place), apply)

    async def _hash_anew(self, user_id: int, password: str) -> None:
        """The same password by the parameters of today: nothing changes for anybody."""
        hashed = await self._passwords.hash(password)
        await self._changes.decisions.make(
            lambda ledger: set_password(ledger.transaction.connection, user_id, hashed)
        )


def _enabled(user: User, _: Instant) -> bool:
    return user.disabled_at is None


def _may_try(user: User, now: Instant) -> bool:
    return _enabled(user, now) and (user.locked_until is None or user.locked_until <= now)


def _place_of(connection: Connection, user_id: int, organization_id: int | None) -> Belonging:
    places = belongings_of(connection, user_id)
    for place in places:
        if organization_id in (None, place.organization_id):
            return place
    raise NotAllowedError(
        "you belong to no organization here" if not places else "you do not belong there",
        hint="ask an owner of the organization to add you",
    )


def _session_id(caller: Caller) -> int:
    if caller.session_id is None:
        raise NotAllowedError("this needs a session, not an API key")
    return caller.session_id


def _refused() -> NotSignedInError:
    return NotSignedInError(
        "email and password do not fit, or signing in is not possible at the moment",
        hint="after several failures it takes some minutes until a password is accepted again",
    )
