"""Members of an organization: who belongs to it, as what."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.actions.identity.change import Changed, Changes, Deed
from tasktrail.actions.identity.link_token import new_link
from tasktrail.actions.identity.require import require, to
from tasktrail.actions.identity.text import (
    check,
    email_problem,
    name_problem,
    plain,
    plain_email,
)
from tasktrail.actions.ledger import Ledger
from tasktrail.errors import ConflictError, NotFoundError
from tasktrail.model.access import Actor
from tasktrail.model.author import Role
from tasktrail.model.caller import Caller
from tasktrail.model.credential import LinkPurpose
from tasktrail.model.membership import membership_needs
from tasktrail.model.permission import Permission
from tasktrail.store.identity.keys import revoke_keys
from tasktrail.store.identity.memberships import (
    Member,
    add_member,
    find_member,
    members_of,
    owners_beside,
    remove_member,
    set_role,
)
from tasktrail.store.identity.project_grants import remove_grants_of
from tasktrail.store.identity.users import User, add_user, find_user_by_email
from tasktrail.store.store import Connection


@dataclass(frozen=True, slots=True)
class NewMember:
    """Who was added. `link_token` is of the link by which somebody who is new here sets a
    password; it is shown once. None for who was known already."""

    member: Member
    link_token: str | None


class Members:
    """Who belongs to the organization of a caller, and changes to that."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    async def list(self, caller: Caller) -> list[Member]:
        """All members, by name.

        Raises:
            NotAllowedError: the caller may not see them.
        """
        require(caller.actor, Permission.SEE_MEMBERS)
        return await self._changes.store.read(
            lambda connection: members_of(connection, caller.actor.organization_id)
        )

    async def add(self, caller: Caller, *, email: str, name: str, role: Role) -> Changed[NewMember]:
        """Add somebody, who becomes known by it if need be. `name` is for who is new.

        Raises:
            InvalidInputError: the email or the name is none.
            NotAllowedError: the caller may not add somebody in this role.
            ConflictError: the person is a member already, is disabled, or is to be support and not
                of the platform's staff.
        """
        email, name = plain_email(email), plain(name)
        check((email_problem(email), name_problem("name", name)))

        def apply(ledger: Ledger, now: Caller) -> tuple[NewMember, Deed]:
            user, token = _known_or_new(ledger, email, name)
            member = join(ledger, now.actor.organization_id, user, role)
            return NewMember(member, token), added(member)

        return await self._changes.change(caller, to(membership_needs(None, role)), apply)

    async def change_role(self, caller: Caller, user_id: int, role: Role) -> Changed[Member]:
        """Give a member another role.

        Raises:
            NotFoundError: there is no such member.
            NotAllowedError: the caller may not change this member, or not to this role.
            ConflictError: it is the last owner, or is to be support and not of the staff.
        """

        def apply(ledger: Ledger, now: Caller) -> tuple[Member, Deed]:
            connection, actor = ledger.transaction.connection, now.actor
            before = _member_to_change(connection, actor, user_id, role)
            _check_staff(staff=before.staff, name=before.name, role=role)
            set_role(connection, actor.organization_id, user_id, role)
            title = f"{before.name} is {_a(role)} now, was {before.role}"
            after = _found(connection, actor, user_id)
            return after, Deed(name="member.change-role", title=title)

        return await self._changes.change(caller, to(Permission.SEE_MEMBERS), apply)

    async def remove(self, caller: Caller, user_id: int) -> Changed[Member]:
        """Take a member out, with what it was granted and the keys that act as it.

        Raises:
            NotFoundError: there is no such member.
            NotAllowedError: the caller may not remove this member.
            ConflictError: it is the last owner.
        """

        def apply(ledger: Ledger, now: Caller) -> tuple[Member, Deed]:
            connection, actor = ledger.transaction.connection, now.actor
            member = _member_to_change(connection, actor, user_id, None)
            remove_member(connection, actor.organization_id, user_id)
            remove_grants_of(connection, actor.organization_id, user_id)
            revoke_keys(
                connection,
                ledger.now,
                user_id=user_id,
                organization_id=actor.organization_id,
            )
            title = f"{member.name} ({member.email}) was removed, was {member.role}"
            return member, Deed(name="member.remove", title=title)

        return await self._changes.change(caller, to(Permission.SEE_MEMBERS), apply)


def join(ledger: Ledger, organization_id: int, user: User, role: Role) -> Member:
    """Let somebody belong to an organization.

    Raises:
        ConflictError: as `Members.add`.
    """
    connection = ledger.transaction.connection
    if user.disabled_at is not None:
        raise ConflictError(f"{user.email} is disabled")
    if find_member(connection, organization_id, user.id) is not None:
        raise ConflictError(f"{user.email} is a member already")
    _check_staff(staff=user.staff, name=user.name, role=role)
    add_member(connection, organization_id, user.id, role, ledger.now)
    member = find_member(connection, organization_id, user.id)
    assert member is not None, "it was just entered"
    return member


def added(member: Member) -> Deed:
    """What the task says of somebody who was added."""
    title = f"{member.name} ({member.email}) was added as {_a(member.role)}"
    return Deed(name="member.add", title=title, organization_id=member.organization_id)


def _known_or_new(ledger: Ledger, email: str, name: str) -> tuple[User, str | None]:
    connection = ledger.transaction.connection
    user = find_user_by_email(connection, email)
    if user is not None:
        return user, None
    user = add_user(connection, email=email, name=name, staff=False, now=ledger.now)
    return user, new_link(ledger, user.id, LinkPurpose.INVITATION)


def _member_to_change(
    connection: Connection, actor: Actor, user_id: int, role: Role | None
) -> Member:
    member = _found(connection, actor, user_id)
    require(actor, membership_needs(member.role, role))
    leaves_none = member.role is Role.OWNER and role is not Role.OWNER
    if leaves_none and not owners_beside(connection, actor.organization_id, user_id):
        raise ConflictError(
            f"{member.name} is the last owner of the organization",
            hint="make somebody else an owner first",
        )
    return member


def _found(connection: Connection, actor: Actor, user_id: int) -> Member:
    member = find_member(connection, actor.organization_id, user_id)
    if member is None:
        raise NotFoundError(f"there is no member {user_id}")
    return member


def _check_staff(*, staff: bool, name: str, role: Role) -> None:
    if role is Role.SUPPORT and not staff:
        raise ConflictError(f"{name} is not of the platform's support staff")


def _a(role: Role) -> str:
    match role:
        case Role.OWNER | Role.ADMIN:
            return f"an {role}"
        case Role.MEMBER:
            return f"a {role}"
        case Role.SUPPORT:
            return str(role)
