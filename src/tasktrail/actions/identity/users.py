"""People beyond one organization: what only the operator of the installation does."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.actions.identity.change import Changed, Changes, Deed
from tasktrail.actions.identity.link_token import new_link
from tasktrail.actions.identity.members import join
from tasktrail.actions.identity.require import require_platform
from tasktrail.actions.identity.text import (
    check,
    email_problem,
    name_problem,
    plain,
    plain_email,
)
from tasktrail.actions.ledger import Ledger
from tasktrail.errors import ConflictError, NotFoundError
from tasktrail.model.author import Role
from tasktrail.model.caller import Caller
from tasktrail.model.credential import LinkPurpose
from tasktrail.store.identity.keys import revoke_keys
from tasktrail.store.identity.memberships import (
    Belonging,
    belongings_of,
    hold_rights,
    owners_beside,
)
from tasktrail.store.identity.sessions import end_sessions_of
from tasktrail.store.identity.sign_in_links import spend_links_of
from tasktrail.store.identity.users import (
    User,
    add_user,
    all_users,
    find_user_by_email,
    hold_user,
    set_disabled,
    set_staff,
)
from tasktrail.store.store import Connection


@dataclass(frozen=True, slots=True)
class KnownUser:
    """A person, and where the person belongs."""

    user: User
    belongs: tuple[Belonging, ...]


@dataclass(frozen=True, slots=True)
class Invited:
    """A person, and the token of a link by which it sets a password: shown once, kept nowhere.
    None for who has a password already."""

    user: User
    link_token: str | None


class Users:
    """All people that are known here. Every method is for Superadmin only."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    async def list(self, caller: Caller) -> list[KnownUser]:
        """Everybody, in the order in which they came.

        Raises:
            NotAllowedError: the caller is not Superadmin.
        """
        require_platform(caller.actor)

        def query(connection: Connection) -> list[KnownUser]:
            return [
                KnownUser(user, tuple(belongings_of(connection, user.id)))
                for user in all_users(connection)
            ]

        return await self._changes.store.read(query)

    async def add(
        self, caller: Caller, *, email: str, name: str, role: Role, staff: bool = False
    ) -> Changed[Invited]:
        """Let somebody belong to the organization of the caller, in whatever role. Who is new here
        gets a link; `staff` makes somebody a person of the platform's support staff.

        Raises:
            InvalidInputError: the email or the name is none.
            NotAllowedError: the caller is not Superadmin.
            ConflictError: the person is a member already, is disabled, or is to be support and not
                of the staff.
        """
        email, name = plain_email(email), plain(name)
        check((email_problem(email), name_problem("name", name)))

        def apply(ledger: Ledger, now: Caller) -> tuple[Invited, Deed]:
            connection = ledger.transaction.connection
            user = find_user_by_email(connection, email)
            if user is None:
                user = add_user(connection, email=email, name=name, staff=staff, now=ledger.now)
            elif staff and not user.staff:
                set_staff(connection, user.id, staff=True)
                user = _found(connection, email)
            join(ledger, now.actor.organization_id, user, role)
            token = None
            if user.password_hash is None:
                token = new_link(ledger, user.id, LinkPurpose.INVITATION)
            of_staff = ", of the platform's staff" if user.staff else ""
            title = f"{user.name} ({email}) was added as {role}{of_staff}"
            return Invited(user, token), Deed(name="member.add", title=title)

        return await self._changes.change(caller, require_platform, apply)

    async def set_disabled(self, caller: Caller, email: str, *, disabled: bool) -> Changed[User]:
        """Shut somebody out of everything at once, or let the person in again. Sessions are ended
        and keys are revoked for good.

        Raises:
            NotFoundError: nobody has this email.
            NotAllowedError: the caller is not Superadmin.
            ConflictError: that is so already, or it is the last owner of an organization.
        """
        email = plain_email(email)

        def apply(ledger: Ledger, _: Caller) -> tuple[User, Deed]:
            connection, now = ledger.transaction.connection, ledger.now
            hold_user(connection, _found(connection, email).id)
            user = _found(connection, email)
            what = "disabled" if disabled else "enabled"
            if (user.disabled_at is not None) == disabled:
                raise ConflictError(f"{email} is {what} already")
            if disabled:
                _check_not_last_owner(connection, user)
                end_sessions_of(connection, user.id, now)
                revoke_keys(connection, now, user_id=user.id)
                spend_links_of(connection, user.id, now)
            set_disabled(connection, user.id, now if disabled else None)
            name = "user.disable" if disabled else "user.enable"
            deed = Deed(name=name, title=f"{user.name} ({email}) was {what}")
            return _found(connection, email), deed

        return await self._changes.change(caller, require_platform, apply)

    async def link(self, caller: Caller, email: str) -> Changed[Invited]:
        """Make a link by which somebody sets a new password, or the first one.

        Raises:
            NotFoundError: nobody has this email.
            NotAllowedError: the caller is not Superadmin.
            ConflictError: the person is disabled.
        """
        email = plain_email(email)

        def apply(ledger: Ledger, _: Caller) -> tuple[Invited, Deed]:
            user = _found(ledger.transaction.connection, email)
            if user.disabled_at is not None:
                raise ConflictError(f"{email} is disabled")
            purpose = LinkPurpose.INVITATION if user.password_hash is None else LinkPurpose.RESET
            token = new_link(ledger, user.id, purpose)
            title = f"A link for {user.name} ({email}) was made ({purpose})"
            return Invited(user, token), Deed(name="user.link", title=title)

        return await self._changes.change(caller, require_platform, apply)


async def user_id_of(changes: Changes, email: str) -> int:
    """The id of who has this email.

    Raises:
        NotFoundError: nobody has.
    """
    wanted = plain_email(email)
    return (await changes.store.read(lambda connection: _found(connection, wanted))).id


def _found(connection: Connection, email: str) -> User:
    user = find_user_by_email(connection, email)
    if user is None:
        raise NotFoundError(f"nobody has the email {email}")
    return user


def _check_not_last_owner(connection: Connection, user: User) -> None:
    for place in belongings_of(connection, user.id):
        if place.role is Role.OWNER:
            hold_rights(connection, place.organization_id)
            if not owners_beside(connection, place.organization_id, user.id):
                raise ConflictError(
                    f"{user.name} is the last owner of {place.organization}",
                    hint="make somebody else an owner first",
                )
