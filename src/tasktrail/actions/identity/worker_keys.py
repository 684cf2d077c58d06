"""Keys of workers: made for one pool, shown once, listed, revoked."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.actions.identity.change import Changed, Changes, Deed
from tasktrail.actions.identity.key_validity import expiry_problem, validity
from tasktrail.actions.identity.require import require, to
from tasktrail.actions.identity.text import check, name_problem, plain
from tasktrail.actions.identity.token import SHOWN, KeySecret, digest_of, new_token
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.permission import refusal
from tasktrail.definitions.names import pool_name_problem
from tasktrail.errors import ConflictError, NotFoundError, Problem
from tasktrail.model.access import Actor
from tasktrail.model.author import AuthorKind
from tasktrail.model.caller import Caller
from tasktrail.model.instant import Instant
from tasktrail.model.permission import Permission
from tasktrail.store.identity.worker_keys import (
    WorkerKey,
    add_worker_key,
    all_worker_keys,
    find_worker_key,
    revoke_worker_key,
    set_worker_secret,
)
from tasktrail.store.organizations import find_organization_by_name
from tasktrail.store.store import Connection


@dataclass(frozen=True, slots=True)
class NewWorkerKey:
    """A key, and the secret that a worker carries: it is shown once and kept nowhere."""

    key: WorkerKey
    secret: KeySecret


class WorkerKeys:
    """The keys of all pools. A worker carries out jobs of every organization, so they are for those
    who run the platform: Superadmin, and owners of `own`, the organization that the installation
    works for."""

    def __init__(self, changes: Changes, own: str | None = None) -> None:
        self._changes = changes
        self._own = own

    async def list(self, caller: Caller) -> list[WorkerKey]:
        """All keys, revoked ones too.

        Raises:
            NotAllowedError: the caller may not.
        """

        def found(connection: Connection) -> list[WorkerKey]:
            self._require(connection, caller.actor)
            return all_worker_keys(connection)

        return await self._changes.store.read(found)

    async def create(
        self, caller: Caller, *, pool: str, name: str = "", expires_at: Instant | None = None
    ) -> Changed[NewWorkerKey]:
        """Make a key for the workers of a pool; without a name it is called like the pool.

        Raises:
            InvalidInputError: pool or name are none, or it would have expired already.
            NotAllowedError: the caller may not.
        """
        name = plain(name) or pool
        check((*_problems(pool, name), expiry_problem(expires_at, self._changes.clock())))

        def apply(ledger: Ledger, now: Caller) -> tuple[NewWorkerKey, Deed]:
            connection = ledger.transaction.connection
            self._require(connection, now.actor)
            key_id = add_worker_key(
                connection,
                organization_id=now.actor.organization_id,
                pool=pool,
                user_id=now.user_id,
                name=name,
                now=ledger.now,
                expires_at=expires_at,
            )
            secret = KeySecret(key_id, new_token(), of_worker=True)
            set_worker_secret(
                connection, key_id, prefix=secret.token[:SHOWN], digest=digest_of(secret.token)
            )
            key = _found(connection, key_id)
            return NewWorkerKey(key, secret), Deed(name="worker-key.create", title=_made(key))

        return await self._changes.change(caller, to(Permission.MANAGE_WORKERS), apply)

    async def revoke(self, caller: Caller, key_id: int) -> Changed[WorkerKey]:
        """Let a key be nothing from now on.

        Raises:
            NotFoundError: there is no such key.
            NotAllowedError: the caller may not.
            ConflictError: it is revoked already.
        """

        def apply(ledger: Ledger, now: Caller) -> tuple[WorkerKey, Deed]:
            connection = ledger.transaction.connection
            self._require(connection, now.actor)
            key = _found(connection, key_id)
            if not revoke_worker_key(connection, key_id, ledger.now):
                raise ConflictError(f"worker key {key_id} is revoked already")
            title = f"The worker key {key.name} of the pool {key.pool} was revoked"
            return _found(connection, key_id), Deed(name="worker-key.revoke", title=title)

        return await self._changes.change(caller, to(Permission.MANAGE_WORKERS), apply)

    def _require(self, connection: Connection, actor: Actor) -> None:
        require(actor, Permission.MANAGE_WORKERS)
        if self._own is None or actor.author.kind is AuthorKind.SUPERADMIN:
            return
        own = find_organization_by_name(connection, self._own)
        if own is None or own.id != actor.organization_id:
            raise refusal(actor, "manage the keys of workers")


def _problems(pool: str, name: str) -> tuple[Problem | None, ...]:
    wrong = pool_name_problem(pool)
    named = Problem(f"the pool {wrong}", field="pool") if wrong is not None else None
    return (named, name_problem("name", name) if named is None else None)


def _found(connection: Connection, key_id: int) -> WorkerKey:
    key = find_worker_key(connection, key_id)
    if key is None:
        raise NotFoundError(f"there is no worker key {key_id}")
    return key


def _made(key: WorkerKey) -> str:
    return f"The worker key {key.name} of the pool {key.pool} was made{validity(key)}"
