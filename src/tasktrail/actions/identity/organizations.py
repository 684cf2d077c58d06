"""Organizations: made by the operator of the installation, changed by those who may."""

from __future__ import annotations

from tasktrail.actions.identity.change import Changed, Changes, Deed
from tasktrail.actions.identity.require import require, require_platform
from tasktrail.actions.identity.support_coverage import cancel_uncovered
from tasktrail.actions.identity.text import check, name_problem, plain
from tasktrail.actions.ledger import Ledger
from tasktrail.errors import ConflictError, NotFoundError
from tasktrail.model.access import Actor
from tasktrail.model.caller import Caller
from tasktrail.model.permission import Permission
from tasktrail.store.organizations import (
    Organization,
    all_organizations,
    change_organization,
    ensure_organization,
    find_organization,
    find_organization_by_name,
)
from tasktrail.store.store import Connection


class Organizations:
    """The organization of a caller, and for Superadmin all there are.

    `own` is the name of the one that this installation works for: its settings name it, so that it
    cannot be called something else here.
    """

    def __init__(self, changes: Changes, own: str | None = None) -> None:
        self._changes = changes
        self._own = own

    async def list(self, caller: Caller) -> list[Organization]:
        """All organizations, by name.

        Raises:
            NotAllowedError: the caller is not Superadmin.
        """
        require_platform(caller.actor)
        return await self._changes.store.read(all_organizations)

    async def named(self, caller: Caller, name: str) -> Organization:
        """The organization of that name.

        Raises:
            NotAllowedError: the caller is not Superadmin.
            NotFoundError: there is none.
        """
        require_platform(caller.actor)
        found = await self._changes.store.read(
            lambda connection: find_organization_by_name(connection, name)
        )
        if found is None:
            raise NotFoundError(f"there is no organization {name!r}")
        return found

    async def show(self, caller: Caller) -> Organization:
        """The caller's own.

        Raises:
            NotAllowedError: the caller may not see it.
        """
        require(caller.actor, Permission.SEE_ORGANIZATION)
        return await self._changes.store.read(lambda connection: _found(connection, caller))

    async def create(self, caller: Caller, *, name: str) -> Changed[Organization]:
        """Make an organization; the task that says so is in it.

        Raises:
            InvalidInputError: the name is none.
            NotAllowedError: the caller is not Superadmin.
            ConflictError: there is one of that name.
        """
        name = plain(name)
        check((name_problem("name", name),))

        def apply(ledger: Ledger, _: Caller) -> tuple[Organization, Deed]:
            connection = ledger.transaction.connection
            _check_free(connection, name)
            new = ensure_organization(connection, name, ledger.now)
            made = find_organization(connection, new)
            assert made is not None, "it was just made"
            title = f"Organization {name} was made"
            return made, Deed(name="organization.create", title=title, organization_id=new)

        return await self._changes.change(caller, require_platform, apply)

    async def change(
        self, caller: Caller, *, name: str | None = None, support_default: bool | None = None
    ) -> Changed[Organization]:
        """Give the caller's organization another name, or say whether definitions that ask for it
        are open to support without support access. None leaves it as it is.

        Raises:
            InvalidInputError: the name is none.
            NotAllowedError: the caller may not; what is open to support is for owners to say.
            ConflictError: there is one of that name, or it is the installation's own.
        """
        if name is not None:
            name = plain(name)
            check((name_problem("name", name),))

        def need(actor: Actor) -> None:
            # Nor is it for others to have it said that nothing has changed.
            if name is not None or support_default is None:
                require(actor, Permission.CHANGE_ORGANIZATION)
            if support_default is not None:
                require(actor, Permission.MANAGE_SUPPORT)

        def apply(ledger: Ledger, now: Caller) -> tuple[Organization, Deed]:
            connection = ledger.transaction.connection
            before = _found(connection, now)
            wanted = name if name is not None else before.name
            if wanted != before.name:
                self._check_renamable(before)
                _check_free(connection, wanted)
            open_now = support_default if support_default is not None else before.support_default
            change_organization(connection, before.id, name=wanted, support_default=open_now)
            if before.support_default and not open_now:
                cancel_uncovered(
                    ledger, before.id, by=now.actor.author, reason="support is not let in any more"
                )
            after = _found(connection, now)
            return after, Deed(name="organization.change", title=_changed(before, after))

        return await self._changes.change(caller, need, apply)

    def renamable(self, organization: Organization) -> bool:
        """Whether anybody may call it something else here."""
        return organization.name != self._own

    def _check_renamable(self, organization: Organization) -> None:
        if not self.renamable(organization):
            raise ConflictError(
                f"{organization.name!r} is the organization of this installation",
                hint="its name is `organization` in config.toml",
            )


def _changed(before: Organization, after: Organization) -> str:
    said: list[str] = []
    if before.name != after.name:
        said.append(f"is called {after.name} now")
    if before.support_default != after.support_default:
        said.append(
            "lets support run definitions that say so"
            if after.support_default
            else "lets support run nothing without support access"
        )
    return f"Organization {before.name} {' and '.join(said) or 'was left as it is'}"


def _found(connection: Connection, caller: Caller) -> Organization:
    found = find_organization(connection, caller.actor.organization_id)
    if found is None:
        raise NotFoundError("there is no such organization")
    return found


def _check_free(connection: Connection, name: str) -> None:
    if find_organization_by_name(connection, name) is not None:
        raise ConflictError(f"there is an organization {name!r} already")
