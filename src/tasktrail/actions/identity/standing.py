"""Whether somebody still has what a request was begun with (access.md), asked where it is done."""

from __future__ import annotations

from dataclasses import replace

from tasktrail.actions.ledger import Ledger
from tasktrail.errors import NotSignedInError
from tasktrail.model.caller import Caller
from tasktrail.model.instant import Instant
from tasktrail.store.identity.keys import hold_key
from tasktrail.store.identity.memberships import hold_rights
from tasktrail.store.identity.rights import actor_of_user
from tasktrail.store.identity.sessions import hold_session
from tasktrail.store.identity.users import hold_user
from tasktrail.store.store import Connection


def standing(ledger: Ledger, caller: Caller) -> Caller:
    """The caller with the rights that it has in this transaction; they stay the same until its end.

    Who was found by a credential was found a moment ago: the key may be revoked since then, the
    person removed, the role lower. The operator of the machine has rights that nobody takes.

    Raises:
        NotSignedInError: the credential is worth nothing any more, or its person has no rights in
            the organization.
    """
    if caller.at_machine:
        return caller
    connection, organization_id = ledger.transaction.connection, caller.actor.organization_id
    hold_rights(connection, organization_id, shared=True)
    if caller.user_id is not None:
        hold_user(connection, caller.user_id)
    if not _is_usable(connection, caller, ledger.now):
        raise not_known()
    if caller.user_id is None:
        return caller
    actor = actor_of_user(connection, caller.user_id, organization_id, ledger.now)
    if actor is None:
        raise not_known()
    return replace(caller, actor=actor)


def not_known() -> NotSignedInError:
    """The refusal of credentials that are nobody's."""
    return NotSignedInError(
        "these credentials are not known, or no longer valid",
        hint="sign in, or use an API key of somebody who belongs to the organization",
    )


def _is_usable(connection: Connection, caller: Caller, now: Instant) -> bool:
    if caller.session_id is not None:
        session = hold_session(connection, caller.session_id)
        return session is not None and session.usable(now)
    assert caller.key_id is not None, "there is nothing else"
    key = hold_key(connection, caller.key_id)
    return key is not None and key.usable(now)
