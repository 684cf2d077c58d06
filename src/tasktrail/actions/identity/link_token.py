"""New one-time links."""

from __future__ import annotations

from tasktrail.actions.identity.token import digest_of, new_token
from tasktrail.actions.ledger import Ledger
from tasktrail.model.credential import LinkPurpose
from tasktrail.model.instant import after
from tasktrail.store.identity.sign_in_links import add_link

_DAY = 86400.0

LASTS = {
    LinkPurpose.FIRST_OWNER: 7 * _DAY,
    LinkPurpose.INVITATION: 7 * _DAY,
    LinkPurpose.RESET: 1 * _DAY,
}
"""Seconds for which links can be used."""


def new_link(ledger: Ledger, user_id: int, purpose: LinkPurpose) -> str:
    """Enter a link for somebody; returns its token, which is kept nowhere.

    Earlier links of the same person do not work any more.
    """
    token = new_token()
    add_link(
        ledger.transaction.connection,
        user_id=user_id,
        purpose=purpose,
        digest=digest_of(token),
        now=ledger.now,
        expires_at=after(ledger.now, LASTS[purpose]),
    )
    return token
