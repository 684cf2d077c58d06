"""The operations about people, organizations and keys: for the operator of the machine only.

Whoever reaches them acts as Superadmin, and every change is a task.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tasktrail.actions.identity.identities import Identities
from tasktrail.actions.identity.users import Invited, KnownUser, user_id_of
from tasktrail.actions.public_address import PublicAddress
from tasktrail.local import identity_request as request
from tasktrail.local.arguments import read_arguments
from tasktrail.local.transport import JsonObject
from tasktrail.model.access import Actor
from tasktrail.model.author import superadmin
from tasktrail.model.caller import Caller, operator
from tasktrail.model.instant import after, optional_rfc3339, to_rfc3339
from tasktrail.store.identity.secret_key import SecretKey
from tasktrail.store.identity.users import User
from tasktrail.store.organizations import Organization


class IdentityOperations:
    """Operations by name, in `calls`. `address` is where links are used."""

    def __init__(
        self, own: Identities, organization_id: int, superadmin_name: str, address: PublicAddress
    ) -> None:
        self._own = own
        self._organization_id = organization_id
        self._author = superadmin(superadmin_name)
        self._address = address
        self.calls: dict[str, Callable[[JsonObject], Awaitable[object]]] = {
            "users": self._users,
            "addUser": self._add_user,
            "switchUser": self._switch_user,
            "linkUser": self._link_user,
            "organizations": self._organizations,
            "addOrganization": self._add_organization,
            "keys": self._keys,
            "createKey": self._create_key,
            "revokeKey": self._revoke_key,
            "workerKeys": self._worker_keys,
            "createWorkerKey": self._create_worker_key,
            "revokeWorkerKey": self._revoke_worker_key,
        }

    async def _users(self, _arguments: JsonObject) -> object:
        known = await self._own.users.list(self._caller(self._organization_id))
        return {"items": [_known(one) for one in known], "totalCount": len(known)}

    async def _add_user(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.NewUser)
        changed = await self._own.users.add(
            await self._in(wanted),
            email=wanted.email,
            name=wanted.name,
            role=wanted.role,
            staff=wanted.staff,
        )
        return _done(changed.task_id, **self._invited(changed.value))

    async def _switch_user(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.UserSwitch)
        changed = await self._own.users.set_disabled(
            await self._in(wanted), wanted.email, disabled=wanted.disabled
        )
        return _done(changed.task_id, user=_user(changed.value))

    async def _link_user(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.UserDeed)
        changed = await self._own.users.link(await self._in(wanted), wanted.email)
        return _done(changed.task_id, **self._invited(changed.value))

    async def _organizations(self, _arguments: JsonObject) -> object:
        found = await self._own.organizations.list(self._caller(self._organization_id))
        return {"items": [_organization(one) for one in found], "totalCount": len(found)}

    async def _add_organization(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.NewOrganization)
        caller = self._caller(self._organization_id)
        changed = await self._own.organizations.create(caller, name=wanted.name)
        return _done(changed.task_id, organization=_organization(changed.value))

    async def _keys(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.InOrganization)
        found = await self._own.keys.list(await self._in(wanted))
        return {"items": [_key(one, kind=one.kind) for one in found], "totalCount": len(found)}

    async def _create_key(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.NewKey)
        changes = self._own.changes
        user_id = await user_id_of(changes, wanted.user) if wanted.user is not None else None
        expires_at = after(changes.clock(), wanted.lasts) if wanted.lasts is not None else None
        changed = await self._own.keys.create(
            await self._in(wanted),
            kind=wanted.kind,
            name=wanted.name,
            expires_at=expires_at,
            user_id=user_id,
        )
        new = changed.value
        return _done(changed.task_id, key=_key(new.key, kind=new.key.kind), secret=str(new.secret))

    async def _revoke_key(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.KeyDeed)
        changed = await self._own.keys.revoke(await self._in(wanted), wanted.id)
        return _done(changed.task_id, key=_key(changed.value, kind=changed.value.kind))

    async def _worker_keys(self, arguments: JsonObject) -> object:
        read_arguments(arguments, request.AllWorkerKeys)
        found = await self._own.worker_keys.list(self._caller(self._organization_id))
        return {"items": [_key(one, pool=one.pool) for one in found], "totalCount": len(found)}

    async def _create_worker_key(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.NewWorkerKey)
        now = self._own.changes.clock()
        changed = await self._own.worker_keys.create(
            self._caller(self._organization_id),
            pool=wanted.pool,
            name=wanted.name,
            expires_at=after(now, wanted.lasts) if wanted.lasts is not None else None,
        )
        new = changed.value
        return _done(changed.task_id, key=_key(new.key, pool=new.key.pool), secret=str(new.secret))

    async def _revoke_worker_key(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.WorkerKeyDeed)
        caller = self._caller(self._organization_id)
        changed = await self._own.worker_keys.revoke(caller, wanted.id)
        return _done(changed.task_id, key=_key(changed.value, pool=changed.value.pool))

    async def _in(self, wanted: request.InOrganization) -> Caller:
        """The operator, in the organization that is wanted."""
        own = self._caller(self._organization_id)
        if wanted.organization is None:
            return own
        found = await self._own.organizations.named(own, wanted.organization)
        return self._caller(found.id)

    def _caller(self, organization_id: int) -> Caller:
        actor = Actor(author=self._author, organization_id=organization_id)
        return operator(actor)

    def _invited(self, invited: Invited) -> dict[str, Any]:
        token = invited.link_token
        link = f"{self._address.url}/welcome#{token}" if token is not None else None
        return {"user": _user(invited.user), "link": link}


def _done(task_id: int, **more: object) -> JsonObject:
    return {"success": True, "taskId": task_id, **more}


def _user(user: User) -> JsonObject:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "staff": user.staff,
        "hasPassword": user.password_hash is not None,
        "createdAt": to_rfc3339(user.created_at),
        "disabledAt": optional_rfc3339(user.disabled_at),
    }


def _known(known: KnownUser) -> JsonObject:
    belongs = [{"organization": one.organization, "role": str(one.role)} for one in known.belongs]
    return {**_user(known.user), "organizations": belongs}


def _organization(organization: Organization) -> JsonObject:
    return {
        "id": organization.id,
        "name": organization.name,
        "supportDefault": organization.support_default,
        "createdAt": to_rfc3339(organization.created_at),
    }


def _key(key: SecretKey, **particular: object) -> JsonObject:
    """A key without its secret, with what only keys of its kind have."""
    return {
        "id": key.id,
        **particular,
        "name": key.name,
        "user": key.user_name,
        "prefix": key.prefix,
        "createdAt": to_rfc3339(key.created_at),
        "expiresAt": optional_rfc3339(key.expires_at),
        "lastUsedAt": optional_rfc3339(key.last_used_at),
        "revokedAt": optional_rfc3339(key.revoked_at),
    }
