"""Looking at tasks: lists, single tasks, histories. Everybody sees what the rules let them (M7)."""

from __future__ import annotations

from typing import Any

from tasktrail.actions.present import present_event, present_task, present_without_jobs
from tasktrail.actions.sight import SeenTask, see_task, see_tasks
from tasktrail.model.access import Actor
from tasktrail.model.instant import Instant
from tasktrail.store.store import Connection, Store
from tasktrail.store.task_filter import TaskFilter
from tasktrail.store.task_history import Untold, history_page
from tasktrail.store.task_list import list_below, list_tasks
from tasktrail.store.visibility import sight_of


async def browse(
    store: Store,
    actor: Actor,
    wanted: TaskFilter,
    *,
    page: int,
    page_size: int,
    tree: bool,
    now: Instant,
    with_jobs: bool = True,
) -> dict[str, Any]:
    """A page of the tasks that `actor` may see, newest first, in the shape of `GET /tasks`.

    Without jobs a task of hundreds of them is as short as any other.

    Raises:
        InvalidInputError: `tree`, and a tree is too deep.
    """

    def query(connection: Connection) -> dict[str, Any]:
        sight = sight_of(actor)
        found = list_tasks(connection, sight, wanted, page, page_size)
        below: dict[int, int] = {}
        truncated = False
        if tree:
            below, truncated = list_below(connection, sight, found.task_ids, silent=wanted.silent)
        seen = see_tasks(connection, actor, [*found.task_ids, *below])
        shown = {
            task_id: present_task(one, now) if with_jobs else present_without_jobs(one)
            for task_id, one in seen.items()
        }
        return {
            "items": [shown[task_id] for task_id in found.task_ids],
            "treeItems": [
                {"task": shown[task_id], "parentId": parent} for task_id, parent in below.items()
            ]
            if tree
            else None,
            "treeTruncated": truncated,
            "totalCount": found.total,
            "nextPage": page + 1 if page * page_size < found.total else None,
        }

    return await store.read(query)


async def show(store: Store, actor: Actor, task_id: int, now: Instant) -> dict[str, Any]:
    """One task, as it stands `now`.

    Raises:
        NotFoundError: there is no such task, or none that `actor` may see.
    """

    def query(connection: Connection) -> dict[str, Any]:
        return present_task(see_task(connection, actor, task_id), now)

    return await store.read(query)


async def show_history(
    store: Store, actor: Actor, task_id: int, *, start: int = 0, size: int | None = None
) -> dict[str, Any]:
    """The history of a task, oldest first, after its first `start` entries; `size` of them, or all
    that there are.

    Raises:
        NotFoundError: there is no such task, or none that `actor` may see.
    """

    def query(connection: Connection) -> dict[str, Any]:
        seen = see_task(connection, actor, task_id)
        found, total = history_page(connection, task_id, _untold(seen, actor), start, size)
        items = [present_event(seen.view, event_id, event) for event_id, event in found]
        return {"items": items, "totalCount": total}

    return await store.read(query)


def _untold(seen: SeenTask, actor: Actor) -> Untold:
    """What of the history is for others: system jobs and steps (M19), tasks and projects that are
    not seen."""
    view = seen.view
    everything = sight_of(actor).project_ids is None
    linked = None if everything else frozenset((*view.spawned, *view.reruns))
    projects = None if everything else frozenset(view.projects)
    if seen.system:
        return Untold(linked=linked, projects=projects)
    jobs = {job.id for job in view.jobs if view.plan.jobs[job.position].system}
    steps = {
        step.id
        for job in view.jobs
        for step in view.steps.get(job.id, ())
        if step.system or job.id in jobs
    }
    return Untold(
        job_ids=frozenset(jobs), step_ids=frozenset(steps), linked=linked, projects=projects
    )
