"""Which tasks of support are still covered by what is opened to it."""

from __future__ import annotations

from tasktrail.actions.identity.root_task import root_scope
from tasktrail.actions.ledger import Ledger
from tasktrail.model.access import Actor, opens
from tasktrail.model.author import Author
from tasktrail.model.happening import CancelAsked
from tasktrail.store.identity.rights import opened_definitions
from tasktrail.store.identity.support_tasks import live_support_tasks
from tasktrail.store.organizations import find_organization


def cancel_uncovered(
    ledger: Ledger, organization_id: int, *, by: Author | None, reason: str
) -> list[int]:
    """Cancel what support has running in an organization and nothing opens to it any more; the
    ids of those tasks. A task that was spawned is covered by what covers the one it comes from."""
    # Nobody else changes or relies on rights there until the end of the transaction: no task of
    # support starts meanwhile because of what is closed here.
    connection = ledger.transaction.connection
    live = live_support_tasks(connection, organization_id)
    if not live:
        return []
    organization = find_organization(connection, organization_id)
    assert organization is not None, "tasks have organizations"
    opened = opened_definitions(connection, organization_id, ledger.now)
    canceled: list[int] = []
    for task_id in live:
        actor = Actor(
            author=ledger.state(task_id).task.author,
            organization_id=organization_id,
            support_definitions=opened,
            support_default=organization.support_default,
        )
        if not opens(actor, root_scope(ledger, task_id)):
            ledger.happen(task_id, CancelAsked(by=by, reason=reason))
            canceled.append(task_id)
    return canceled
