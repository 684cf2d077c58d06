"""Making tasks: running what a definition does, or recording what was done already."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from tasktrail.actions.once import Once, made_before
from tasktrail.actions.record import Recording, record
from tasktrail.actions.submit import Order, submit
from tasktrail.actions.visible_projects import visible_projects
from tasktrail.api.answer import json_answer
from tasktrail.api.credentials import SignedIn
from tasktrail.api.idempotency import IdempotencyKey, once_of
from tasktrail.api.route import answers
from tasktrail.api.services import Own, Services
from tasktrail.api.shapes.shape import Accepted
from tasktrail.api.shapes.submission import NewTask, Record, Submission
from tasktrail.model.access import Actor
from tasktrail.model.caller import Caller
from tasktrail.model.instant import from_datetime
from tasktrail.model.plan import Resource


@answers(
    shape=Accepted,
    status=HTTPStatus.CREATED,
    refusals=(HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT),
)
async def create_task(
    request: Request, own: Own, caller: SignedIn, wish: NewTask, key: IdempotencyKey = None
) -> Response:
    """Submit a task

    Runs a definition of the catalog by its name; inputs are checked against their types, and every
    one that is wrong is named at once. Or, with `immediate`, records something as done.
    """
    once = await once_of(request, caller, key)
    task_id = await made_before(own.decisions.store, once)
    if task_id is None:
        match wish:
            case Submission():
                task_id = await _submit(own, caller.actor, wish, once)
            case Record():
                task_id = await _record(own, caller, wish, once)
    return json_answer({"success": True, "taskId": task_id}, HTTPStatus.CREATED)


async def _submit(own: Services, actor: Actor, wish: Submission, once: Once | None) -> int:
    order = Order(
        definition=await own.library.named(wish.definition),
        inputs=wish.inputs,
        projects=await _projects(own, actor, wish.project_ids),
        forced=wish.force,
        not_before=None if wish.not_before is None else from_datetime(wish.not_before),
    )
    return await submit(own.decisions, own.library, actor, order, once)


async def _record(own: Services, caller: Caller, wish: Record, once: Once | None) -> int:
    recording = Recording(
        name=wish.name,
        title=wish.title,
        silent=wish.silent,
        projects=await _projects(own, caller.actor, wish.project_ids),
        resources=tuple(Resource(one.kind, one.id) for one in wish.resources),
    )
    return await record(own.decisions, caller, recording, once)


async def _projects(own: Services, actor: Actor, ids: Sequence[int]) -> tuple[str, ...]:
    return await visible_projects(own.decisions.store, actor, ids)
