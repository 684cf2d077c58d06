"""Jobs for workers: taken, reported, stopped. Every request may be made again."""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from tasktrail.actions.task_query import LARGEST_ID
from tasktrail.actions.work import wire
from tasktrail.actions.work.held_job import BackedOffError, HeldJob
from tasktrail.api.answer import json_answer
from tasktrail.api.leaving import LeavingError, unless_leaving
from tasktrail.api.path_id import JobId
from tasktrail.api.problem import problem
from tasktrail.api.route import answers
from tasktrail.api.services import Own
from tasktrail.api.shapes.work import Assignment, Claiming, NextStep, Report, Stops, WorkerSelf
from tasktrail.api.worker_credentials import AWorker, Claim, Desk
from tasktrail.errors import StaleClaimError

OfTask = Annotated[
    int, Query(alias="taskId", ge=1, le=LARGEST_ID, description="The task of the job.")
]

BACKED_OFF = "backed_off"
"""The code of the problem that a job is not to be had yet."""

LONGEST_WAIT = 25.0
"""Seconds that an answer is waited for; proxies give up after 30 and more."""

_JSON = "application/json"


@answers(shape=WorkerSelf, refusals=(HTTPStatus.CONFLICT,))
async def get_worker(desk: Desk, worker: AWorker) -> Response:
    """See who you are, as a worker

    And what you need to be given jobs.
    """
    terms = desk.terms
    return json_answer(
        {
            "keyId": worker.key_id,
            "pool": worker.pool,
            "installationId": terms.installation,
            "namespace": terms.namespace,
            "payloadKey": base64.b64encode(terms.payload_key).decode("ascii"),
            "logCap": terms.log_cap,
        }
    )


@answers(shape=Assignment, refusals=(HTTPStatus.CONFLICT,))
async def claim_job(
    own: Own,
    desk: Desk,
    worker: AWorker,
    job_id: JobId,
    wish: Claiming,
    wait: Annotated[
        float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for a back-off to end.")
    ] = 0.0,
) -> Response:
    """Take a job

    The same claim is answered the same way again; 409 where the job is not to be had any more, or
    (`backed_off`) not yet.
    """
    held = HeldJob(wish.task_id, job_id, wish.claim)
    prepared = None if wish.prepared is None else wire.read_outcome(wish.prepared)
    claiming = desk.claim(worker, held, prepared, patience=wait)
    try:
        assignment = await (unless_leaving(own, claiming) if wait else claiming)
    except BackedOffError as error:
        return problem(HTTPStatus.CONFLICT, BACKED_OFF, str(error))
    except LeavingError:
        return problem(HTTPStatus.CONFLICT, BACKED_OFF, "this server leaves: ask again")
    if assignment is None:
        raise StaleClaimError(f"the job {job_id} is not to be had any more")
    return Response(wire.pack_assignment(assignment), media_type=_JSON)


@answers(shape=NextStep, refusals=(HTTPStatus.CONFLICT,))
async def report_step(desk: Desk, worker: AWorker, job_id: JobId, wish: Report) -> Response:
    """Report what an attempt came to

    The answer names the step that is to be carried out next. 409 where the job is no longer yours.
    """
    held = HeldJob(wish.task_id, job_id, wish.claim)
    happened = wire.read_report(wish.report, job_id, wish.claim)
    following = await desk.report(worker, held, happened)
    return Response(wire.pack_next(following), media_type=_JSON)


@answers(shape=Stops, refusals=(HTTPStatus.CONFLICT,))
async def list_stops(
    desk: Desk, worker: AWorker, job_id: JobId, task_id: OfTask, claim: Claim
) -> Response:
    """See which steps of your job are to be stopped

    409 where the job is no longer yours: then nothing of it may go on.
    """
    stops = await desk.stops(worker, HeldJob(task_id, job_id, claim))
    return Response(wire.pack_stops(stops), media_type=_JSON)
