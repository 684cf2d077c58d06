"""Who stands behind a credential, with the rights of this moment."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tasktrail.actions.identity.known_callers import KnownCallers
from tasktrail.actions.identity.standing import not_known
from tasktrail.actions.identity.token import KeySecret, digest_of, matches, read_key
from tasktrail.errors import NotAllowedError, StoreUnavailableError
from tasktrail.model.access import Actor
from tasktrail.model.author import robot, superadmin
from tasktrail.model.caller import Caller, by_key, by_session
from tasktrail.model.credential import KeyKind
from tasktrail.model.instant import Instant, after
from tasktrail.model.worker import Worker
from tasktrail.store.identity.keys import ApiKey, find_key, note_key_used
from tasktrail.store.identity.memberships import belongings_of
from tasktrail.store.identity.rights import actor_of_user
from tasktrail.store.identity.sessions import find_session, note_session_seen
from tasktrail.store.identity.worker_keys import find_worker_key, note_worker_key_used
from tasktrail.store.store import Connection, Store
from tasktrail.store.transaction import Transaction

C = TypeVar("C", Caller, Worker)

_log = logging.getLogger(__name__)

_BETWEEN_NOTES = 60.0
"""Seconds between two notes of the last use of a credential."""


@dataclass(frozen=True, slots=True)
class PlatformNames:
    """Under which names the platform itself acts (M6)."""

    robot: str = "Robot"
    superadmin: str = "Superadmin"


@dataclass(frozen=True, slots=True)
class _Found(Generic[C]):
    """A caller, when the credential was used last, and how to note that it is used now."""

    caller: C
    last_used: Instant | None
    note: Callable[[Connection, Instant], None]


class Identification:
    """Finds callers by their credentials.

    What was found is believed for a second at most, and not once a change was made here: who loses
    access has lost it at once.
    """

    def __init__(
        self, store: Store, clock: Callable[[], Instant], names: PlatformNames | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._names = names or PlatformNames()
        self._known = KnownCallers[Caller](clock)
        self._known_workers = KnownCallers[Worker](clock)
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Tell `listener` when something about people or rights has changed here."""
        self._listeners.append(listener)

    def forget(self) -> None:
        """Believe nothing any more: something about people or rights has changed."""
        self._known.forget()
        self._known_workers.forget()
        for listener in self._listeners:
            listener()

    async def of_key(self, secret: str) -> Caller:
        """Who carries an API key.

        Raises:
            NotSignedInError: it is no key, or one that is expired, revoked, or of somebody who has
                no rights in its organization any more.
            NotAllowedError: it is the key of a worker.
            StoreUnavailableError: the database did not answer.
        """
        given = read_key(secret)
        if given is None:
            raise not_known()
        if given.of_worker:
            await self.of_worker(secret)
            raise NotAllowedError(
                "this is the key of a worker: it is for the jobs of its pool only"
            )
        return await self._find(
            self._known,
            (digest_of(secret), None),
            lambda connection, now: self._by_key(connection, given, now),
        )

    async def of_worker(self, secret: str) -> Worker:
        """Which worker carries a key.

        Raises:
            NotSignedInError: it is no key, or one that is expired or revoked.
            NotAllowedError: it is an API key.
            StoreUnavailableError: the database did not answer.
        """
        given = read_key(secret)
        if given is None:
            raise not_known()
        if not given.of_worker:
            await self.of_key(secret)
            raise NotAllowedError("this is an API key, and no key of a worker")
        return await self._find(
            self._known_workers,
            (digest_of(secret), None),
            lambda connection, now: _by_worker_key(connection, given, now),
        )

    async def of_session(self, token: str, organization_id: int | None) -> Caller:
        """Who carries the token of a session, in an organization; with None in the only one that
        the person belongs to, else in the first that was joined.

        Raises:
            NotSignedInError: there is no such session, it has ended, or its person has no rights
                there.
            StoreUnavailableError: the database did not answer.
        """
        digest = digest_of(token)
        return await self._find(
            self._known,
            (digest, organization_id),
            lambda connection, now: _by_session(connection, digest, organization_id, now),
        )

    async def _find(
        self,
        all_known: KnownCallers[C],
        key: tuple[str, int | None],
        look: Callable[[Connection, Instant], _Found[C] | None],
    ) -> C:
        known = all_known.find(key)
        if known is not None:
            return known
        age, now = all_known.age, self._clock()
        found = await self._store.read(lambda connection: look(connection, now))
        if found is None:
            raise not_known()
        all_known.keep(key, found.caller, now, age)
        if found.last_used is None or after(found.last_used, _BETWEEN_NOTES) <= now:
            await self._note(found, now)
        return found.caller

    def _by_key(
        self, connection: Connection, given: KeySecret, now: Instant
    ) -> _Found[Caller] | None:
        key = find_key(connection, given.key_id)
        if key is None or not matches(given.token, key.digest) or not key.usable(now):
            return None
        actor = self._actor_of_key(connection, key, now)
        if actor is None:
            return None
        return _Found(
            by_key(actor, key.id, key.user_id if key.kind is KeyKind.USER else None),
            key.last_used_at,
            lambda connection, now: note_key_used(connection, key.id, now),
        )

    def _actor_of_key(self, connection: Connection, key: ApiKey, now: Instant) -> Actor | None:
        match key.kind:
            case KeyKind.USER:
                assert key.user_id is not None, "the table has no other"
                return actor_of_user(connection, key.user_id, key.organization_id, now)
            case KeyKind.ROBOT:
                author = robot(self._names.robot)
            case KeyKind.SUPERADMIN:
                author = superadmin(self._names.superadmin)
        return Actor(author=author, organization_id=key.organization_id)

    async def _note(self, found: _Found[C], now: Instant) -> None:
        """When a credential was used last is good to know, and no reason to refuse it."""

        def noted(transaction: Transaction) -> None:
            found.note(transaction.connection, now)

        try:
            await self._store.write(noted)
        except StoreUnavailableError as error:
            _log.warning("the use of %s was not noted: %s", found.caller.credential, error)


def _by_session(
    connection: Connection, digest: str, organization_id: int | None, now: Instant
) -> _Found[Caller] | None:
    session = find_session(connection, digest)
    if session is None or not session.usable(now):
        return None
    if organization_id is None:
        first = next(iter(belongings_of(connection, session.user_id)), None)
        if first is None:
            return None
        organization_id = first.organization_id
    actor = actor_of_user(connection, session.user_id, organization_id, now)
    if actor is None:
        return None
    return _Found(
        by_session(actor, session.id, session.user_id),
        session.last_seen_at,
        lambda connection, now: note_session_seen(connection, session.id, now),
    )


def _by_worker_key(connection: Connection, given: KeySecret, now: Instant) -> _Found[Worker] | None:
    key = find_worker_key(connection, given.key_id)
    if key is None or not matches(given.token, key.digest) or not key.usable(now):
        return None
    return _Found(
        Worker(key.id, key.pool),
        key.last_used_at,
        lambda connection, now: note_worker_key_used(connection, key.id, now),
    )
