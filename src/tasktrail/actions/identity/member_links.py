"""One-time links that members get from those who manage them."""

from __future__ import annotations

from tasktrail.actions.identity.change import Changed, Changes, Deed
from tasktrail.actions.identity.link_token import new_link
from tasktrail.actions.identity.require import require, to
from tasktrail.actions.ledger import Ledger
from tasktrail.errors import ConflictError, NotFoundError
from tasktrail.model.caller import Caller
from tasktrail.model.credential import LinkPurpose
from tasktrail.model.membership import membership_needs
from tasktrail.model.permission import Permission
from tasktrail.store.identity.memberships import Member, belongings_of, find_member
from tasktrail.store.identity.users import find_user
from tasktrail.store.store import Connection


class MemberLinks:
    """Links by which a member sets a password.

    Whoever has such a link becomes that person. So nobody makes one for a person who is more than
    a member of this one organization: that would give rights elsewhere.
    """

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    async def create(self, caller: Caller, user_id: int) -> Changed[str]:
        """Make a link for a member; its token is shown once, and kept nowhere. Earlier ones of the
        same person do not work any more.

        Raises:
            NotFoundError: there is no such member.
            NotAllowedError: the caller may not manage this member.
            ConflictError: the person is disabled, or not only of this organization.
        """

        def apply(ledger: Ledger, now: Caller) -> tuple[str, Deed]:
            connection, actor = ledger.transaction.connection, now.actor
            member = find_member(connection, actor.organization_id, user_id)
            if member is None:
                raise NotFoundError(f"there is no member {user_id}")
            require(actor, membership_needs(member.role, None))
            _check_only_here(connection, member)
            purpose = _purpose(connection, user_id)
            title = f"A link for {member.name} ({member.email}) was made ({purpose})"
            return new_link(ledger, user_id, purpose), Deed(name="member.link", title=title)

        return await self._changes.change(caller, to(Permission.SEE_MEMBERS), apply)


def _check_only_here(connection: Connection, member: Member) -> None:
    if member.disabled_at is not None:
        raise ConflictError(f"{member.email} is disabled")
    places = {place.organization_id for place in belongings_of(connection, member.user_id)}
    if member.staff or places - {member.organization_id}:
        raise ConflictError(
            f"a link for {member.name} is for the operator of the installation to make",
            hint="tasktrail user link EMAIL",
        )


def _purpose(connection: Connection, user_id: int) -> LinkPurpose:
    user = find_user(connection, user_id)
    known = user is not None and user.password_hash is not None
    return LinkPurpose.RESET if known else LinkPurpose.INVITATION
