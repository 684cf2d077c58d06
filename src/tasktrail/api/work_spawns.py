"""Tasks that the steps of workers submit (M17)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Query
from starlette.responses import Response

from tasktrail.actions.task_query import LARGEST_ID
from tasktrail.actions.work.held_job import HeldJob
from tasktrail.actions.work.spawn_desk import SpawnDesk
from tasktrail.api.answer import json_answer
from tasktrail.api.leaving import LeavingError, unless_leaving
from tasktrail.api.path_id import JobId
from tasktrail.api.route import answers
from tasktrail.api.services import Own, Services
from tasktrail.api.shapes.work import Done, Spawned, SpawnedCancel, SpawnedStatus, SpawnWish
from tasktrail.api.work import LONGEST_WAIT
from tasktrail.api.worker_credentials import AWorker, Claim, Desk

SpawnedId = Annotated[
    int, Path(alias="taskId", ge=1, le=LARGEST_ID, description="The id of a spawned task.")
]


@answers(shape=Spawned, refusals=(HTTPStatus.CONFLICT,))
async def spawn_task(
    own: Own, _: Desk, worker: AWorker, job_id: JobId, wish: SpawnWish
) -> Response:
    """Submit a task for a step of your job

    The same step and key are answered the same task again.
    """
    held = HeldJob(wish.task_id, job_id, wish.claim)
    task_id = await _spawns(own).spawn(
        worker, held, wish.step_id, key=wish.key, target=wish.target, inputs=wish.inputs
    )
    return json_answer({"taskId": task_id})


@answers(shape=SpawnedStatus, refusals=(HTTPStatus.CONFLICT,))
async def get_spawned(
    own: Own,
    _: Desk,
    worker: AWorker,
    job_id: JobId,
    spawned_id: SpawnedId,
    claim: Claim,
    task_id: Annotated[
        int, Query(alias="originId", ge=1, le=LARGEST_ID, description="The task of the job.")
    ],
    wait: Annotated[
        float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for its end.")
    ] = 0.0,
) -> Response:
    """See how a task stands that your job has spawned

    The answer comes once the task has ended, or after `wait` seconds.
    """
    held = HeldJob(task_id, job_id, claim)
    try:
        status = await unless_leaving(
            own, _spawns(own).status(worker, held, spawned_id, patience=wait)
        )
    except LeavingError:
        status = await _spawns(own).status(worker, held, spawned_id, patience=0)
    return json_answer({"status": status, "final": status.final})


@answers(shape=Done, refusals=(HTTPStatus.CONFLICT,))
async def cancel_spawned(
    own: Own,
    _: Desk,
    worker: AWorker,
    job_id: JobId,
    spawned_id: SpawnedId,
    wish: SpawnedCancel,
) -> Response:
    """Cancel a task that your job has spawned

    In the name of who cancels the task of the job.
    """
    held = HeldJob(wish.task_id, job_id, wish.claim)
    await _spawns(own).cancel(worker, held, spawned_id, forced=wish.force)
    return json_answer({"success": True})


def _spawns(own: Services) -> SpawnDesk:
    return SpawnDesk(own.decisions, own.library, own.bulletin)
