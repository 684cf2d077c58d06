"""API keys: made, shown once, listed, revoked."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.actions.identity.change import Changed, Changes, Deed
from tasktrail.actions.identity.key_validity import expiry_problem, validity
from tasktrail.actions.identity.require import anybody, require, require_platform
from tasktrail.actions.identity.text import check, name_problem, plain
from tasktrail.actions.identity.token import SHOWN, KeySecret, digest_of, new_token
from tasktrail.actions.ledger import Ledger
from tasktrail.errors import ConflictError, InvalidInputError, NotFoundError, Problem
from tasktrail.model.access import allows_in_organization
from tasktrail.model.caller import Caller
from tasktrail.model.credential import KeyKind
from tasktrail.model.instant import Instant
from tasktrail.model.membership import membership_needs
from tasktrail.model.permission import Permission
from tasktrail.store.identity.keys import (
    ApiKey,
    add_key,
    find_key,
    keys_of,
    revoke_keys,
    set_secret,
)
from tasktrail.store.identity.memberships import find_member
from tasktrail.store.store import Connection


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key, and the secret that its owner carries: it is shown once and kept nowhere."""

    key: ApiKey
    secret: KeySecret


class Keys:
    """The API keys of the organization of a caller."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    async def list(self, caller: Caller) -> list[ApiKey]:
        """The keys that the caller may see, its own or all; revoked ones too.

        Raises:
            NotAllowedError: the caller may have none.
        """
        actor = caller.actor
        everything = allows_in_organization(actor, Permission.MANAGE_KEYS)
        if not everything:
            require(actor, Permission.OWN_KEYS)
            if caller.user_id is None:
                return []
        only = None if everything else caller.user_id
        return await self._changes.store.read(
            lambda connection: keys_of(connection, actor.organization_id, only)
        )

    async def create(
        self,
        caller: Caller,
        *,
        kind: KeyKind,
        name: str,
        expires_at: Instant | None = None,
        user_id: int | None = None,
    ) -> Changed[NewKey]:
        """Make a key: one's own, or one of the robot. At the machine itself (as Superadmin) also
        one of Superadmin, or for the member `user_id`.

        Raises:
            InvalidInputError: the name is none, or it would have expired already.
            NotFoundError: there is no member `user_id`.
            NotAllowedError: the caller may not.
        """
        name = plain(name)
        check((name_problem("name", name), expiry_problem(expires_at, self._changes.clock())))
        _ = _maker(caller, kind, user_id)

        def apply(ledger: Ledger, now: Caller) -> tuple[NewKey, Deed]:
            connection, actor = ledger.transaction.connection, now.actor
            maker = _maker(now, kind, user_id)
            if maker is not None and find_member(connection, actor.organization_id, maker) is None:
                raise NotFoundError(f"there is no member {maker}")
            key_id = add_key(
                connection,
                organization_id=actor.organization_id,
                kind=kind,
                user_id=maker,
                name=name,
                now=ledger.now,
                expires_at=expires_at,
            )
            secret = KeySecret(key_id, new_token())
            set_secret(
                connection, key_id, prefix=secret.token[:SHOWN], digest=digest_of(secret.token)
            )
            key = _found(connection, now, key_id)
            return NewKey(key, secret), Deed(name="key.create", title=_made(key))

        return await self._changes.change(caller, anybody, apply)

    async def revoke(self, caller: Caller, key_id: int) -> Changed[ApiKey]:
        """Let a key be nothing from now on.

        Raises:
            NotFoundError: there is no such key, or none that the caller may see.
            NotAllowedError: it is one of somebody whom the caller may not manage.
            ConflictError: it is revoked already.
        """

        def apply(ledger: Ledger, now: Caller) -> tuple[ApiKey, Deed]:
            connection = ledger.transaction.connection
            key = _found(connection, now, key_id)
            _check_manages(connection, now, key)
            if not revoke_keys(connection, ledger.now, key_id=key_id):
                raise ConflictError(f"API key {key_id} is revoked already")
            title = f"API key {key.name} ({_whose(key)}) was revoked"
            return _found(connection, now, key_id), Deed(name="key.revoke", title=title)

        return await self._changes.change(caller, anybody, apply)


def _maker(caller: Caller, kind: KeyKind, user_id: int | None) -> int | None:
    """As whom a key is to act, or who makes it."""
    match kind:
        case KeyKind.USER if user_id is not None and user_id != caller.user_id:
            require_platform(caller.actor)
            return user_id
        case KeyKind.USER:
            require(caller.actor, Permission.OWN_KEYS)
            if caller.user_id is None:
                raise InvalidInputError(
                    "a key acts with somebody's rights",
                    problems=(Problem("say whose key it is to be", field="userId"),),
                )
            return caller.user_id
        case KeyKind.ROBOT:
            require(caller.actor, Permission.MANAGE_KEYS)
            return caller.user_id
        case KeyKind.SUPERADMIN:
            require_platform(caller.actor)
            return caller.user_id


def _found(connection: Connection, caller: Caller, key_id: int) -> ApiKey:
    actor = caller.actor
    key = find_key(connection, key_id)
    if key is not None and key.organization_id == actor.organization_id:
        own = _is_own(caller, key) and allows_in_organization(actor, Permission.OWN_KEYS)
        if own or allows_in_organization(actor, Permission.MANAGE_KEYS):
            return key
    raise NotFoundError(f"there is no API key {key_id}")


def _is_own(caller: Caller, key: ApiKey) -> bool:
    return key.kind is KeyKind.USER and key.user_id is not None and key.user_id == caller.user_id


def _check_manages(connection: Connection, caller: Caller, key: ApiKey) -> None:
    """Whoever may not manage an owner may not take an owner's keys away, either."""
    if _is_own(caller, key):
        return
    if key.kind is KeyKind.SUPERADMIN:
        require_platform(caller.actor)
    if key.kind is KeyKind.USER and key.user_id is not None:
        member = find_member(connection, key.organization_id, key.user_id)
        if member is not None:
            require(caller.actor, membership_needs(member.role, None))


def _made(key: ApiKey) -> str:
    return f"API key {key.name} ({_whose(key)}) was made{validity(key)}"


def _whose(key: ApiKey) -> str:
    return f"{key.user_name}" if key.kind is KeyKind.USER else str(key.kind)
