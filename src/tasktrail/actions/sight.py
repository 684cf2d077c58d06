"""Tasks as somebody sees them: what may not be seen is not there (M7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tasktrail.actions.permission import scope_of
from tasktrail.errors import NotFoundError
from tasktrail.model.access import Actor, Permission, allows
from tasktrail.model.step import Step
from tasktrail.store.store import Connection
from tasktrail.store.task_steps import task_of_step
from tasktrail.store.task_views import TaskView, view_tasks
from tasktrail.store.visibility import hide_unseen, sight_of


@dataclass(frozen=True, slots=True)
class SeenTask:
    """A task that somebody may see, without the ids of others that may not be seen.

    `system` says that its system jobs and steps, and tracebacks, are for who asks; `noticed` that
    who asks may at least know that there are some (M19).
    """

    view: TaskView
    system: bool
    noticed: bool


def see_tasks(connection: Connection, actor: Actor, task_ids: Iterable[int]) -> dict[int, SeenTask]:
    """Those of the tasks that `actor` may see, by id."""
    return see_views(connection, actor, view_tasks(connection, task_ids))


def see_views(
    connection: Connection, actor: Actor, found: Mapping[int, TaskView]
) -> dict[int, SeenTask]:
    """Those of the tasks that `actor` may see, by id. Nothing of `found` is changed."""
    views = {
        task_id: replace(view)
        for task_id, view in found.items()
        if _allows(actor, Permission.SEE, view)
    }
    hide_unseen(connection, sight_of(actor), views)
    return {
        task_id: SeenTask(
            view,
            system=_allows(actor, Permission.SEE_SYSTEM, view),
            noticed=_allows(actor, Permission.NOTICE_SYSTEM, view),
        )
        for task_id, view in views.items()
    }


def see_task(connection: Connection, actor: Actor, task_id: int) -> SeenTask:
    """One task.

    Raises:
        NotFoundError: there is no such task, or none that `actor` may see.
    """
    seen = see_tasks(connection, actor, [task_id]).get(task_id)
    if seen is None:
        raise NotFoundError(f"there is no task {task_id}")
    return seen


def see_step(connection: Connection, actor: Actor, step_id: int) -> tuple[SeenTask, Step]:
    """One step and its task.

    Raises:
        NotFoundError: there is no such step, or none that `actor` may see.
    """
    task_id = task_of_step(connection, step_id)
    seen = see_tasks(connection, actor, [] if task_id is None else [task_id]).get(task_id or 0)
    if seen is not None:
        for job in seen.view.jobs:
            for step in seen.view.steps.get(job.id, ()):
                hidden = step.system or seen.view.plan.jobs[job.position].system
                if step.id == step_id and (seen.system or not hidden):
                    return seen, step
    raise NotFoundError(f"there is no step {step_id}")


def _allows(actor: Actor, permission: Permission, view: TaskView) -> bool:
    return allows(actor, permission, scope_of(view.task, view.plan, view.projects))
