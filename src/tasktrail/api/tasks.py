"""Looking at tasks, and steering them (rest-contract.md, "Tasks")."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from tasktrail.actions.browse import browse, show, show_history
from tasktrail.actions.cancel import cancel
from tasktrail.actions.explain import explain_error
from tasktrail.actions.once import made_before
from tasktrail.actions.rerun import rerun
from tasktrail.actions.task_query import read_task_query
from tasktrail.api.answer import json_answer
from tasktrail.api.credentials import SignedIn
from tasktrail.api.idempotency import IdempotencyKey, once_of
from tasktrail.api.paging import Paging
from tasktrail.api.path_id import TaskId
from tasktrail.api.route import answers
from tasktrail.api.services import Own
from tasktrail.api.shapes.history import History
from tasktrail.api.shapes.shape import Accepted
from tasktrail.api.shapes.submission import Repeat
from tasktrail.api.shapes.task import Task, TaskList
from tasktrail.api.task_parameters import TASK_PARAMETERS


@answers(shape=TaskList, parameters=TASK_PARAMETERS)
async def list_tasks(request: Request, own: Own, caller: SignedIn) -> Response:
    """List tasks

    The tasks that you may see, newest first. In a tree view `items` are those that no other task
    produced, and `treeItems` up to 250 of those below them.
    """
    query = read_task_query(request.query_params, caller.actor)
    found = await browse(
        own.decisions.store,
        caller.actor,
        query.wanted,
        page=query.page,
        page_size=query.page_size,
        tree=query.tree,
        now=own.decisions.clock(),
        with_jobs=query.with_jobs,
    )
    return json_answer(found)


@answers(shape=Task, refusals=(HTTPStatus.NOT_FOUND,))
async def get_task(own: Own, caller: SignedIn, task_id: TaskId) -> Response:
    """Get a task

    With its jobs and steps, and why it failed if it did.
    """
    shown = await show(own.decisions.store, caller.actor, task_id, own.decisions.clock())
    await explain_error(own.logs, shown)
    return json_answer(shown)


@answers(shape=History, refusals=(HTTPStatus.NOT_FOUND,))
async def list_events(own: Own, caller: SignedIn, page: Paging, task_id: TaskId) -> Response:
    """Get the history of a task

    Every change of a status, oldest first, and who asked for it.
    """
    found = await show_history(
        own.decisions.store, caller.actor, task_id, start=page.start, size=page.size
    )
    return json_answer(page.with_items(found["items"], found["totalCount"]))


@answers(shape=Accepted, refusals=(HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
async def cancel_task(
    own: Own,
    caller: SignedIn,
    task_id: TaskId,
    force: Annotated[bool, Query(description="Without grace and clean-up steps.")] = False,
) -> Response:
    """Cancel a task

    It ends when what runs of it has stopped. A task that has ended answers 409.
    """
    await cancel(own.decisions, caller, task_id, forced=force)
    return json_answer({"success": True, "taskId": task_id})


@answers(
    shape=Accepted,
    status=HTTPStatus.CREATED,
    refusals=(HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def repeat_task(
    request: Request,
    own: Own,
    caller: SignedIn,
    task_id: TaskId,
    wish: Repeat,
    key: IdempotencyKey = None,
) -> Response:
    """Run a task again

    Makes a new task, whose id is the answer, linked to the one that it repeats. With `force` errors
    of the user are warnings, and it goes on.
    """
    once = await once_of(request, caller, key)
    new_id = await made_before(own.decisions.store, once)
    if new_id is None:
        new_id = await rerun(
            own.decisions, own.library, caller.actor, task_id, forced=wish.force, once=once
        )
    return json_answer({"success": True, "taskId": new_id}, HTTPStatus.CREATED)
