"""Whether the author of a queued task may still run it (access.md: checked again at the start)."""

from __future__ import annotations

from tasktrail.actions.identity.root_task import root_scope
from tasktrail.actions.ledger import Ledger
from tasktrail.model.access import allows
from tasktrail.model.author import AuthorKind, Role
from tasktrail.model.happening import CancelAsked
from tasktrail.model.permission import Permission
from tasktrail.model.task import Task
from tasktrail.store.identity.memberships import hold_rights
from tasktrail.store.identity.rights import actor_of_user


def keeps_right(ledger: Ledger, task_id: int) -> bool:
    """Whether a task may go on to its first job; if not, it is canceled by the engine.

    Asked before anything of it has started. A task that was spawned stands and falls with the one
    it comes from. One that is accepted in this very transaction is asked about, too: the rights of
    its author were looked up before its plan was made, which may take long.
    """
    task = ledger.state(task_id).task
    if task.started_at is not None or task.status.final or not _by_a_person(task):
        return True
    if _may_submit(ledger, task):
        return True
    reason = f"{task.author.name} may not run it any more"
    # Forced: what may not begin has nothing to clean up.
    ledger.happen(task_id, CancelAsked(by=None, forced=True, reason=reason))
    return False


def _by_a_person(task: Task) -> bool:
    """Robots, Superadmin and who works at the machine itself have rights that nobody takes."""
    return task.author.kind is AuthorKind.USER and task.author.id is not None


def _may_submit(ledger: Ledger, task: Task) -> bool:
    connection, author = ledger.transaction.connection, task.author
    assert author.id is not None, "only people are asked about"
    if author.role is Role.SUPPORT:
        # What is open to it may be closed at this moment.
        hold_rights(connection, task.organization_id, shared=True)
    actor = actor_of_user(connection, author.id, task.organization_id, ledger.now)
    return actor is not None and allows(actor, Permission.SUBMIT, root_scope(ledger, task.id))
