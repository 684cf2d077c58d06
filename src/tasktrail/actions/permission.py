"""Asking the access rules before anything is done (M7, M8)."""

from __future__ import annotations

from collections.abc import Iterable

from tasktrail.errors import NotAllowedError, NotFoundError
from tasktrail.model.access import Actor, Scope, allows
from tasktrail.model.permission import Permission
from tasktrail.model.plan import TaskPlan
from tasktrail.model.task import Task

_DEEDS = {
    Permission.RERUN: "run again",
    Permission.CANCEL: "cancel",
}


def require_new(actor: Actor, plan: TaskPlan, project_ids: Iterable[int]) -> None:
    """Accept a task that `actor` may submit.

    Raises:
        NotAllowedError: the actor may not.
    """
    scope = new_scope(actor, plan.definition, support=plan.support, project_ids=project_ids)
    if not allows(actor, Permission.SUBMIT, scope):
        raise refusal(actor, f"run {plan.definition!r}")


def new_scope(actor: Actor, definition: str, *, support: bool, project_ids: Iterable[int]) -> Scope:
    """What the rules are asked about for a task that `actor` would submit."""
    return Scope(
        organization_id=actor.organization_id,
        definition=definition,
        project_ids=frozenset(project_ids),
        support=support,
    )


def require_record(actor: Actor, name: str, project_ids: Iterable[int]) -> None:
    """Accept an immediate task that `actor` may record.

    Raises:
        NotAllowedError: the actor may not.
    """
    scope = Scope(
        organization_id=actor.organization_id,
        definition=name,
        project_ids=frozenset(project_ids),
    )
    if not allows(actor, Permission.RECORD, scope):
        raise refusal(actor, f"record {name!r} there")


def require_on(
    actor: Actor, permission: Permission, task: Task, plan: TaskPlan, project_ids: Iterable[int]
) -> None:
    """Accept what `actor` may do to an existing task.

    Raises:
        NotFoundError: the actor may not even see it, and so learns nothing of it.
        NotAllowedError: the actor may see it, but not do this to it.
    """
    scope = scope_of(task, plan, project_ids)
    if not allows(actor, Permission.SEE, scope):
        raise NotFoundError(f"there is no task {task.id}")
    if not allows(actor, permission, scope):
        raise refusal(actor, f"{_DEEDS[permission]} task {task.id} ({task.definition!r})")


def scope_of(task: Task, plan: TaskPlan, project_ids: Iterable[int]) -> Scope:
    """What the rules are asked about for a task that exists."""
    return Scope(
        organization_id=task.organization_id,
        definition=task.definition,
        project_ids=frozenset(project_ids),
        support=plan.support,
        author=task.author,
    )


def refusal(actor: Actor, what: str) -> NotAllowedError:
    """Why `actor` may not do `what`."""
    author = actor.author
    who = f"{author.name} ({author.role})" if author.role else author.name
    return NotAllowedError(
        f"{who} is not allowed to {what}", hint="an owner of the organization can change that"
    )
