"""Logs that workers write."""

from __future__ import annotations

import asyncio
import re
from http import HTTPStatus
from typing import Annotated

from fastapi import Header, Path, Request
from starlette.responses import Response

from tasktrail.actions.task_query import LARGEST_ID
from tasktrail.api.answer import json_answer
from tasktrail.api.problem import problem
from tasktrail.api.route import answers
from tasktrail.api.shapes.work import KnownSize
from tasktrail.api.worker_credentials import AWorker, Claim, Desk
from tasktrail.errors import InvalidInputError, Problem
from tasktrail.logs.log_intake import frames_within
from tasktrail.logs.place import LogName
from tasktrail.model.step import LogSummary

OFFSET_HEADER = "Tasktrail-Offset"
END_HEADER = "Tasktrail-End"
SIZE_HEADER = "Tasktrail-Size"

_END = re.compile(r"bytes=([0-9]{1,18}), lines=([0-9]{1,18})(, truncated)?")

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
    end: Annotated[
        str | None,
        Header(
            alias=END_HEADER,
            description="That the log is complete with the body: `bytes=5120, lines=48` were kept, "
            "and `, truncated` where more was written.",
        ),
    ] = None,
) -> Response:
    """Send what a log holds from an offset on

    The body is whole frames. What is known already is left as it is. 409 with `Tasktrail-Size`, the
    size that is known, where something before the offset is missing. A log has to be complete
    before its attempt is reported.
    """
    summary = _end_in(end)
    frames = await request.body()
    # Frames may be tiny, and many then.
    if await asyncio.to_thread(frames_within, frames, offset) != len(frames):
        raise InvalidInputError("the body is not made of whole frames of a log")
    name = LogName(task_id, step_id, attempt)
    size = await desk.append_log(worker, claim, name, offset, frames, summary)
    return _known(size) if size >= offset + len(frames) else _other_size(size)


def _end_in(text: str | None) -> LogSummary | None:
    """
    Raises:
        InvalidInputError: it says something else.
    """
    if text is None:
        return None
    found = _END.fullmatch(text)
    if found is None:
        raise InvalidInputError(
            "a value does not fit",
            problems=(Problem("for example bytes=5120, lines=48", field=END_HEADER),),
        )
    return LogSummary(bytes=int(found[1]), lines=int(found[2]), truncated=found[3] is not None)


def _known(size: int) -> Response:
    return json_answer({"size": size})


def _other_size(size: int) -> Response:
    message = f"{size} bytes of the log are known"
    return problem(HTTPStatus.CONFLICT, "other_size", message, headers={SIZE_HEADER: str(size)})
