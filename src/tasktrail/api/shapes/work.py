"""What workers ask for. How a job and its parts look inside is between workers and the API of the
same version: `actions/work/wire.py`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tasktrail.actions.task_query import LARGEST_ID
from tasktrail.api.shapes.shape import Shape, Wish, Words
from tasktrail.model.plan import JsonValue
from tasktrail.model.status import Status

AClaim = Annotated[str, Field(pattern=r"^[0-9a-f]{16,64}$")]
AnId = Annotated[int, Field(ge=1, le=LARGEST_ID)]


class WorkerSelf(Shape):
    """What a worker is told about itself and the installation. `payloadKey` is in base64; `logCap`
    in bytes of one attempt's log."""

    key_id: int
    pool: str
    installation_id: str
    namespace: str
    payload_key: str
    log_cap: int


class Claiming(Wish):
    """A worker takes a job by a claim that it, or who gave it the job, has made up. `prepared` is
    what came of making the workspace."""

    model_config = Wish.model_config | {
        "json_schema_extra": {
            "examples": [{"taskId": 4711, "claim": "5f0c1e2d3a4b59687786a5b4c3d2e1f0"}]
        }
    }

    task_id: AnId
    claim: AClaim
    prepared: dict[str, Any] | None = None


class Assignment(Shape):
    """A claimed job, with everything that its worker needs: the secrets of its task, too."""

    model_config = Shape.model_config | {"alias_generator": None}

    task: dict[str, Any]
    plan: dict[str, Any]
    job: dict[str, Any]
    claim: str
    first_step: dict[str, Any]
    step_outputs: dict[str, dict[str, str]]
    job_outputs: dict[str, dict[str, str]]
    secrets: dict[str, str]
    hidden: list[str]


class Report(Wish):
    """What an attempt came to (`type` is `ended`), or that its worker gives the job up (`lost`)."""

    model_config = Wish.model_config | {
        "json_schema_extra": {
            "examples": [
                {
                    "taskId": 4711,
                    "claim": "5f0c1e2d3a4b59687786a5b4c3d2e1f0",
                    "report": {
                        "type": "ended",
                        "step_id": 90211,
                        "attempt": 1,
                        "outcome": {"type": "succeeded", "exit_code": 0},
                        "log": {"bytes": 5120, "lines": 48},
                    },
                }
            ]
        }
    }

    task_id: AnId
    claim: AClaim
    report: dict[str, Any]


class NextStep(Shape):
    """The step that comes next; null when nothing of the job is left to do for this worker, unless
    a step is tried again in `retryIn` seconds. `taskEnded` tells that the whole task has ended."""

    next_step: dict[str, Any] | None
    retry_in: float | None
    task_ended: bool


class Stops(Shape):
    """Steps that are to be stopped, each with the outcome that it is given then."""

    stops: list[dict[str, Any]]


class KnownSize(Shape):
    """How many bytes of a log are known."""

    size: int


class SpawnWish(Wish):
    """A step of the job asks for another task; `key` is unique within the step."""

    model_config = Wish.model_config | {
        "json_schema_extra": {
            "examples": [
                {
                    "taskId": 4711,
                    "claim": "5f0c1e2d3a4b59687786a5b4c3d2e1f0",
                    "stepId": 90211,
                    "key": "step",
                    "target": "smoke-test",
                    "inputs": {"url": "https://shop.example.com"},
                }
            ]
        }
    }

    task_id: AnId
    claim: AClaim
    step_id: AnId
    key: Words
    target: Words
    inputs: dict[str, JsonValue]


class Spawned(Shape):
    """The task that was submitted, or had been already."""

    task_id: int


class SpawnedStatus(Shape):
    """How a spawned task stands; `final` says whether it will change."""

    status: Status
    final: bool


class SpawnedCancel(Wish):
    """A step stops waiting: the task that it has spawned is to be canceled."""

    model_config = Wish.model_config | {
        "json_schema_extra": {
            "examples": [
                {"taskId": 4711, "claim": "5f0c1e2d3a4b59687786a5b4c3d2e1f0", "force": False}
            ]
        }
    }

    task_id: AnId
    claim: AClaim
    force: bool


class Done(Shape):
    """It was done, or had been already."""

    success: bool
