"""Jobs that a worker holds, as parts of generated requests that lead to something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from integration.worker.control_bench import POOL, ControlBench
from tasktrail.actions.work.held_job import HeldJob
from tasktrail.model.outcome import Succeeded
from tasktrail.worker.job_run import Tools

_JOBS = f"jobs: {{main: {{pool: {POOL}, steps: [{{name: a, run: x}}, {{name: b, run: y}}]}}}}"
_REPORTS: dict[str, dict[str, Any]] = {
    "succeeded": {"outcome": {"type": "succeeded", "exit_code": 0}},
    "failed": {"outcome": {"type": "failed", "message": "exit code 3", "exit_code": 3}},
    "warned": {"outcome": {"type": "warned", "message": "slow"}},
}


@dataclass(frozen=True)
class _Begun:
    """A job whose first step runs, as far as is known."""

    held: HeldJob
    step_id: int

    def part(self, **body: Any) -> dict[str, Any]:
        """Of a request with a body."""
        return _posted(self.held, **body)

    def asked(self, query: dict[str, int], **path: int) -> dict[str, Any]:
        """Of a request without one."""
        return {
            "path_parameters": {"id": self.held.job_id, **path},
            "query": query,
            "headers": {"Tasktrail-Claim": self.held.claim},
        }


async def work_that_exists(control: ControlBench) -> dict[str, list[dict[str, Any]]]:
    """By operation. Each change has a job of its own: after most nothing can be done with it."""
    definitions = control.world.directory.path / "definitions"
    definitions.mkdir(exist_ok=True)
    (definitions / "spawned.yml").write_text(f"name: spawned\n{_JOBS}\n")
    async with control.worker() as tools:
        watched, written = await _begun(control, tools), await _begun(control, tools)
        spawned = await tools.api.spawn(
            watched.held, watched.step_id, key="before", target="spawned", inputs={}
        )
        job = "/v1/worker/jobs/{id}"
        return {
            f"POST {job}/claim": [await _free(control) for _ in range(2)],
            f"GET {job}/orders": [watched.asked({"taskId": watched.held.task_id})],
            f"POST {job}/reports": await _reports(control, tools),
            f"POST {job}/spawns": [_spawn(watched, key) for key in ("once", "twice")],
            f"GET {job}/spawns/{{taskId}}": [
                # Nobody ends it, and whoever waits would wait for long.
                watched.asked({"originId": watched.held.task_id, "wait": 0}, taskId=spawned)
            ],
            f"POST {job}/spawns/{{taskId}}/cancel": [
                _spawn_cancel(watched, spawned, force=force) for force in (False, True)
            ],
            "PUT /v1/worker/logs/{taskId}/{stepId}/{attempt}": [
                _written(written, attempt) for attempt in (1, 2)
            ],
        }


async def _free(control: ControlBench) -> dict[str, Any]:
    """A job that is there to be taken."""
    held = await control.held(await control.submit(_JOBS))
    return _posted(held, prepared={"type": "succeeded"})


async def _begun(control: ControlBench, tools: Tools) -> _Begun:
    held = await control.held(await control.submit(_JOBS))
    assignment = await tools.api.claim(held, Succeeded())
    assert assignment is not None
    return _Begun(held, assignment.first_step.id)


async def _reports(control: ControlBench, tools: Tools) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for outcome in _REPORTS.values():
        begun = await _begun(control, tools)
        report = {"type": "ended", "step_id": begun.step_id, "attempt": 1, "log": {}, **outcome}
        parts.append(begun.part(report=report))
    lost = {"type": "lost", "reference": "r-1", "log": {}}
    return [*parts, (await _begun(control, tools)).part(report=lost)]


def _spawn(begun: _Begun, key: str) -> dict[str, Any]:
    return begun.part(stepId=begun.step_id, key=key, target="spawned", inputs={})


def _spawn_cancel(begun: _Begun, spawned: int, *, force: bool) -> dict[str, Any]:
    part = begun.part(force=force)
    return part | {"path_parameters": {**part["path_parameters"], "taskId": spawned}}


def _written(begun: _Begun, attempt: int) -> dict[str, Any]:
    log = {"taskId": begun.held.task_id, "stepId": begun.step_id, "attempt": attempt}
    headers = {"Tasktrail-Claim": begun.held.claim, "Tasktrail-Offset": "0"}
    return {"path_parameters": log, "headers": headers}


def _posted(held: HeldJob, **body: Any) -> dict[str, Any]:
    return {
        "path_parameters": {"id": held.job_id},
        "body": {"taskId": held.task_id, "claim": held.claim, **body},
    }
