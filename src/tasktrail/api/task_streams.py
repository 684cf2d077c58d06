"""Following tasks live, by server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Annotated, Literal, Protocol

from fastapi import Header, Query
from starlette.requests import Request
from starlette.responses import Response

from tasktrail.actions.find_logs import LogSelection
from tasktrail.actions.live.task_stream import Wanted
from tasktrail.actions.task_query import LARGEST_ID
from tasktrail.api.attendance import Seat
from tasktrail.api.credentials import SignedIn, identified
from tasktrail.api.event_stream import MEDIA_TYPE, EventStream
from tasktrail.api.path_id import TaskId
from tasktrail.api.route import answers
from tasktrail.api.services import Own, Services
from tasktrail.errors import InvalidInputError, Problem
from tasktrail.model.access import Actor
from tasktrail.model.caller import Caller

_LINE = 2**53

Position = Annotated[
    str,
    Header(
        alias="Last-Event-ID",
        max_length=65_536,
        description="The `id` of the last event that arrived: goes on after it.",
    ),
]


@answers(
    shape=None,
    media_type=MEDIA_TYPE,
    empty=(HTTPStatus.NO_CONTENT,),
    refusals=(HTTPStatus.NOT_FOUND,),
)
async def follow_task(
    request: Request,
    own: Own,
    caller: SignedIn,
    task_id: TaskId,
    logs: Annotated[
        Literal["all", "none"], Query(description="Whether lines of logs are wanted.")
    ] = "all",
    step_id: Annotated[
        int | None,
        Query(alias="stepId", ge=1, le=LARGEST_ID, description="The log of this step only."),
    ] = None,
    attempt: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="Of that step this attempt only.")
    ] = None,
    first: Annotated[
        int | None,
        Query(
            alias="from",
            ge=-_LINE,
            le=_LINE,
            description="Where to begin in the log of that step as it is now; negative: from "
            "its end.",
        ),
    ] = None,
    position: Position = "",
) -> Response:
    """Follow a task

    Server-sent events: `task` with a task as `GET /tasks/{id}` answers it, at first and whenever
    it has changed; `lines` with `{stepId, attempt, firstLine, lines: [{level, message, time}]}`;
    `end` after everything else. Who comes back after `end` is answered with 204.
    """
    _check(logs, step_id, attempt, first)
    selection = None if logs == "none" else LogSelection(step_id=step_id, attempt=attempt)
    wanted = Wanted(logs=selection, first_line=first, position=position)
    stream = await own.task_streams.open(caller.actor, task_id, wanted)
    if stream.at_end:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return _followed(request, own, caller, stream)


@answers(shape=None, media_type=MEDIA_TYPE)
async def follow_tasks(
    request: Request, own: Own, caller: SignedIn, position: Position = ""
) -> Response:
    """Follow all tasks

    Server-sent events: `task` with a task, without its jobs, for every task that runs, and
    whenever one starts, changes or ends. Silent tasks are left out.
    """
    return _followed(request, own, caller, own.news_streams.open(caller.actor, position))


class _Stream(Protocol):
    def permits(self, actor: Actor) -> bool: ...

    def events(self) -> AsyncGenerator[bytes]: ...


def _followed(request: Request, own: Services, caller: Caller, stream: _Stream) -> Response:
    seat = Seat(caller, lambda: identified(request, own.identification), stream.permits)
    return EventStream(stream.events(), seat, own.attendance)


def _check(logs: str, step_id: int | None, attempt: int | None, first: int | None) -> None:
    """Accept a selection of logs.

    Raises:
        InvalidInputError: a value needs another one that is not there.
    """
    if step_id is None:
        found = [("attempt", attempt), ("from", first)]
        names = [name for name, value in found if value is not None]
        problems = [Problem(f"`{name}` needs a `stepId`", field=name) for name in names]
    elif logs == "none":
        problems = [Problem("`logs=none` leaves out the log of this step", field="stepId")]
    else:
        return
    if problems:
        raise InvalidInputError("the values do not fit together", problems=tuple(problems))
