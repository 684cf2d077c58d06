"""Parts of logs: ranges of lines, and what is found in them."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Query
from pydantic import AwareDatetime
from starlette.responses import Response

from tasktrail.actions.find_logs import LogSelection, find_logs, last_attempts
from tasktrail.actions.log_block import AttemptLog
from tasktrail.actions.log_search import SearchedLogs
from tasktrail.actions.step_log import find_step_log
from tasktrail.api.answer import json_answer
from tasktrail.api.credentials import SignedIn
from tasktrail.api.path_id import StepId, TaskId
from tasktrail.api.route import answers
from tasktrail.api.services import Own, Services
from tasktrail.api.shapes.log import FoundLines, LogLines
from tasktrail.api.shapes.shape import Words
from tasktrail.api.streamed import streamed
from tasktrail.errors import NotFoundError
from tasktrail.logs.line_range import Extent, LineRange
from tasktrail.logs.pattern import make_pattern
from tasktrail.model.instant import from_datetime

MOST_LINES = 10_000
"""Lines in one answer."""
MOST_TEXT = 8 * 1024 * 1024
"""Characters in one answer, about."""
MOST_HITS = 1000
MOST_CONTEXT = 100

_LINE = 2**53
_Line = Annotated[int | None, Query(ge=-_LINE, le=_LINE)]
_Attempt = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
_Text = Annotated[Words | None, Query()]


@answers(shape=LogLines, refusals=(HTTPStatus.NOT_FOUND,))
async def get_log_lines(
    own: Own,
    caller: SignedIn,
    step_id: StepId,
    first: Annotated[_Line, Query(alias="from", description="Negative: from the end.")] = None,
    last: Annotated[_Line, Query(alias="to", description="This line, too.")] = None,
    attempt: Annotated[_Attempt, Query(description="The last one if none is named.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Written since then.")] = None,
) -> Response:
    """Get lines of a log

    Any range of the log of one attempt, with times. Lines count from 1, and -1 is the last one. One
    answer holds up to 10,000 lines; `nextFrom` says where to go on.
    """
    found = await find_step_log(own.decisions.store, caller.actor, step_id)
    log = _attempt(found.attempts, attempt)
    if log is None:
        return json_answer(_no_lines(step_id))
    begin = None if since is None else from_datetime(since)
    wanted = LineRange(first=first, last=last, since=begin)
    extent, count = await own.logs.extent(found.task_id, log, wanted)
    lines, following = await _lines(own, found.task_id, log, extent)
    return json_answer(
        {
            "stepId": step_id,
            "attempt": log.attempt,
            "lineCount": count,
            "ended": log.ended,
            "lines": lines,
            "nextFrom": following,
        }
    )


@answers(shape=None, media_type="application/octet-stream", refusals=(HTTPStatus.NOT_FOUND,))
async def get_raw_log(
    own: Own,
    caller: SignedIn,
    step_id: StepId,
    attempt: Annotated[_Attempt, Query(description="The last one if none is named.")] = None,
) -> Response:
    """Get the bytes of a log

    Exactly what the processes of one attempt have written so far, secrets masked.
    """
    found = await find_step_log(own.decisions.store, caller.actor, step_id)
    log = _attempt(found.attempts, attempt)
    return await streamed(_raw(own, found.task_id, log), "application/octet-stream")


@answers(shape=FoundLines, refusals=(HTTPStatus.NOT_FOUND,))
async def search_logs(
    own: Own,
    caller: SignedIn,
    task_id: TaskId,
    q: Annotated[str, Query(min_length=1, max_length=1000, description="What to look for.")],
    regex: Annotated[bool, Query(description="`q` is a regular expression of RE2.")] = False,
    ignore_case: Annotated[bool, Query(alias="ignoreCase")] = False,
    context: Annotated[int, Query(ge=0, le=MOST_CONTEXT, description="Lines around hits.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_HITS, description="Lines in the answer.")] = 100,
    job: _Text = None,
    step: _Text = None,
    attempt: Annotated[
        _Attempt, Query(description="Of each step the last if none is named.")
    ] = None,
) -> Response:
    """Search the logs of a task

    Lines of all its steps, or of those of a job, in the order of the plan. The time of a search
    grows with the length of the logs only, whatever is looked for.
    """
    pattern = make_pattern(q, regex=regex, ignore_case=ignore_case)
    selection = LogSelection(job=job, step=step, attempt=attempt)
    found = await find_logs(own.decisions.store, caller.actor, task_id, selection)
    logs = last_attempts(found.logs) if attempt is None else list(found.logs)
    extents = await own.logs.extents(task_id, logs, LineRange())
    items: list[dict[str, Any]] = []
    size = 0
    searched = SearchedLogs(own.logs, task_id, extents).find(pattern, context)
    async with aclosing(searched) as blocks:
        async for block in blocks:
            for line in block.pop("lines"):
                if len(items) == limit or size > MOST_TEXT:
                    return json_answer({"items": items, "truncated": True})
                size += len(line["text"])
                items.append(_found(block, line))
    return json_answer({"items": items, "truncated": False})


async def _raw(own: Services, task_id: int, log: AttemptLog | None) -> AsyncGenerator[bytes]:
    if log is not None:
        async with aclosing(own.logs.raw(task_id, log)) as blocks:
            async for block in blocks:
                yield b64decode(block["data"])


def _attempt(logs: tuple[AttemptLog, ...], number: int | None) -> AttemptLog | None:
    if number is None:
        return logs[-1] if logs else None
    found = next((log for log in logs if log.attempt == number), None)
    if found is None:
        raise NotFoundError(f"there was no attempt {number} at this step")
    return found


async def _lines(
    own: Services, task_id: int, log: AttemptLog, extent: Extent
) -> tuple[list[dict[str, Any]], int | None]:
    """The lines of `extent` that one answer holds, and the first one that it does not."""
    lines: list[dict[str, Any]] = []
    size = 0
    async with aclosing(own.logs.read(task_id, {log: extent})) as blocks:
        async for block in blocks:
            number = block["line"]
            texts = iter(block["text"].split("\n"))
            for run in block["runs"]:
                for _ in range(run["count"]):
                    if len(lines) == MOST_LINES or size > MOST_TEXT:
                        return lines, number
                    text = next(texts)
                    lines.append(_line(number, run, text))
                    size += len(text)
                    number += 1
    return lines, None


def _line(number: int, run: dict[str, Any], text: str) -> dict[str, Any]:
    line = {"line": number, "level": run["level"], "time": run["time"], "text": text}
    return line | {"damaged": True} if run.get("damaged") else line


def _no_lines(step_id: int) -> dict[str, Any]:
    return {
        "stepId": step_id,
        "attempt": 0,
        "lineCount": 0,
        "ended": False,
        "lines": [],
        "nextFrom": None,
    }


def _found(block: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    log = {key: block[key] for key in ("job", "step", "stepId", "attempt")}
    return {**log, **line, "hit": line.get("hit")}
