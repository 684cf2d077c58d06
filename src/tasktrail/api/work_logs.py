"""Logs that workers write."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import Header, Path, Request
from starlette.responses import Response

from tasktrail.actions.task_query import LARGEST_ID
from tasktrail.api.answer import json_answer
from tasktrail.api.problem import problem
from tasktrail.api.route import answers
from tasktrail.api.shapes.work import KnownSize, LogEnd
from tasktrail.api.worker_credentials import AWorker, Claim, Desk
from tasktrail.errors import InvalidInputError
from tasktrail.logs.log_intake import frames_within
from tasktrail.logs.place import LogName
from tasktrail.model.step import LogSummary

OFFSET_HEADER = "Tasktrail-Offset"
SIZE_HEADER = "Tasktrail-Size"

_MOST_ATTEMPTS = 1_000_000

TaskOfLog = Annotated[
    int, Path(alias="taskId", ge=1, le=LARGEST_ID, description="The id of a task.")
]
StepOfLog = Annotated[
    int, Path(alias="stepId", ge=1, le=LARGEST_ID, description="The id of a step.")
]
AttemptOfLog = Annotated[
    int, Path(alias="attempt", ge=1, le=_MOST_ATTEMPTS, description="Counts from 1.")
]


@answers(shape=KnownSize, refusals=(HTTPStatus.CONFLICT,))
async def put_log_frames(
    request: Request,
    desk: Desk,
    worker: AWorker,
    task_id: TaskOfLog,
    step_id: StepOfLog,
    attempt: AttemptOfLog,
    claim: Claim,
    offset: Annotated[
        int,
        Header(
            alias=OFFSET_HEADER, ge=0, le=2**62, description="Where the body stands in the log."
        ),
    ],
) -> Response:
    """Send what a log holds from an offset on

    The body is whole frames. What is known already is left as it is. 409 with `Tasktrail-Size`, the
    size that is known, where something before the offset is missing.
    """
    frames = await request.body()
    # Frames may be tiny, and many then.
    if await asyncio.to_thread(frames_within, frames, offset) != len(frames):
        raise InvalidInputError("the body is not made of whole frames of a log")
    name = LogName(task_id, step_id, attempt)
    size = await desk.append_log(worker, claim, name, offset, frames)
    return _known(size) if size >= offset + len(frames) else _other_size(size)


@answers(shape=KnownSize, refusals=(HTTPStatus.CONFLICT,))
async def close_log(
    desk: Desk,
    worker: AWorker,
    task_id: TaskOfLog,
    step_id: StepOfLog,
    attempt: AttemptOfLog,
    claim: Claim,
    wish: LogEnd,
) -> Response:
    """Complete a log

    Before its attempt is reported. 409 with `Tasktrail-Size` where another size is known.
    """
    summary = LogSummary(bytes=wish.bytes, lines=wish.lines, truncated=wish.truncated)
    name = LogName(task_id, step_id, attempt)
    size = await desk.close_log(worker, claim, name, wish.size, summary)
    return _known(size) if size == wish.size else _other_size(size)


def _known(size: int) -> Response:
    return json_answer({"size": size})


def _other_size(size: int) -> Response:
    message = f"{size} bytes of the log are known"
    return problem(HTTPStatus.CONFLICT, "other_size", message, headers={SIZE_HEADER: str(size)})
