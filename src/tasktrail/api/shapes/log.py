"""Logs (rest-contract.md, "Tasks")."""

from __future__ import annotations

from typing import Literal

from tasktrail.api.shapes.shape import Moment, Shape
from tasktrail.api.shapes.step import LogStatus

Level = Literal["stdout", "stderr", "system"]
"""`system` are notes of Tasktrail itself."""

_URL = (
    "https://tasktrail.example.com/v1/task-logs/"
    "4711-90211-1.1793116800000000.rV0gk0ZJ3yq2m2a9Qq0b9p1tqk3oXk4Qf1yD0yH0cC0"
)


class StepLogLine(Shape):
    """A line; `sequenceId` counts from 1 over all attempts at the step."""

    sequence_id: int
    level: Level
    message: str


class StepLog(Shape):
    """The log of a step: its lines, or an address of its text, which then needs no key.

    `pending` while lines may still come; lines are only ever added.
    """

    model_config = Shape.model_config | {
        "json_schema_extra": {
            "examples": [
                {
                    "status": "pending",
                    "streamId": None,
                    "url": None,
                    "lines": [{"sequenceId": 1, "level": "stdout", "message": "pulling image"}],
                },
                {"status": "persisted", "streamId": None, "url": _URL, "lines": []},
            ]
        }
    }

    status: LogStatus
    stream_id: str | None
    url: str | None
    lines: list[StepLogLine]


class LogUrl(Shape):
    """A temporary address of the text of a log, which needs no key."""

    model_config = Shape.model_config | {"json_schema_extra": {"examples": [{"url": _URL}]}}

    url: str


class LogLine(Shape):
    """A line of the log of one attempt; `line` counts from 1. `damaged`: not all of it is left."""

    line: int
    level: Level
    time: Moment
    text: str
    damaged: bool = False


class LogLines(Shape):
    """Lines `from` to `to` of the log of an attempt, of the `lineCount` that there are now.

    `nextFrom` is there when more was asked for than one answer holds. `ended`: none will come.
    """

    model_config = Shape.model_config | {
        "json_schema_extra": {
            "examples": [
                {
                    "stepId": 90211,
                    "attempt": 1,
                    "lineCount": 48,
                    "ended": True,
                    "lines": [
                        {
                            "line": 48,
                            "level": "stdout",
                            "time": "2026-11-24T16:13:20.000000Z",
                            "text": "deployed",
                        }
                    ],
                    "nextFrom": None,
                }
            ]
        }
    }

    step_id: int
    attempt: int
    line_count: int
    ended: bool
    lines: list[LogLine]
    next_from: int | None


class FoundLine(Shape):
    """A line in which something was found: `hit` are the offsets of its characters. Without a hit
    it stands around one."""

    job: str
    step: str
    step_id: int
    attempt: int
    line: int
    level: Level
    time: Moment
    text: str
    hit: list[int] | None


class FoundLines(Shape):
    """What a search found, in the order of the plan. `truncated`: there is more."""

    model_config = Shape.model_config | {
        "json_schema_extra": {
            "examples": [
                {
                    "items": [
                        {
                            "job": "deploy",
                            "step": "Deploy",
                            "stepId": 90211,
                            "attempt": 1,
                            "line": 17,
                            "level": "stderr",
                            "time": "2026-11-24T16:13:01.000000Z",
                            "text": "warning: slow disk",
                            "hit": [0, 7],
                        }
                    ],
                    "truncated": False,
                }
            ]
        }
    }

    items: list[FoundLine]
    truncated: bool
