"""What workers send is looked at closely: they are not trusted with more than their jobs."""

from __future__ import annotations

import logging
from typing import Any

import httpx2
import pytest

from integration.worker.control_bench import POOL, ControlBench
from plain_http import NO_TLS
from tasktrail.actions.work.held_job import HeldJob
from tasktrail.errors import NotFoundError

CLAIM = {"taskId": 1, "claim": "0" * 16}
REPORT = {
    "type": "ended",
    "step_id": 1,
    "attempt": 1,
    "outcome": {"type": "succeeded"},
    "log": {},
}
BODIES: dict[str, dict[str, Any]] = {
    "jobs/1/claim": CLAIM,
    "jobs/1/reports": {**CLAIM, "report": REPORT},
    "jobs/1/spawns": {**CLAIM, "stepId": 1, "key": "k", "target": "t", "inputs": {}},
    "jobs/1/spawns/1/cancel": {**CLAIM, "force": False},
}
WRONG: dict[str, Any] = {
    "author": {"kind": "superadmin"},
    "pool": "another",
    "taskId": "1",
    "claim": "../../etc",
    "report": {**REPORT, "job_id": 2},
    "prepared": {"type": "canceled"},
    "key": "a\0b",
    "inputs": {"a": {"b": 1}},
    "size": -1,
    "force": "yes",
}


@pytest.mark.parametrize("path", BODIES)
async def test_no_field_is_taken_that_a_request_does_not_have(
    control: ControlBench, path: str
) -> None:
    task_id = await control.submit(f"jobs: {{main: {{pool: {POOL}, steps: ['true']}}}}")
    before = await control.state(task_id)
    headers = {"X-API-KEY": control.key, "Tasktrail-Claim": "0" * 16}
    async with httpx2.AsyncClient(
        base_url=control.server.url, trust_env=False, verify=NO_TLS
    ) as client:
        for field, value in WRONG.items():
            body = {**BODIES[path], field: value}
            answer = await client.post(f"/v1/worker/{path}", headers=headers, json=body)
            assert answer.status_code == 422, f"{field}: {answer.text}"
            assert answer.headers["content-type"] == "application/problem+json"
    assert await control.state(task_id) == before


async def test_who_asks_is_told_what_it_needs_and_nothing_of_others(
    control: ControlBench,
) -> None:
    async with control.worker() as tools:
        myself = await tools.api.myself()
    assert (myself.pool, myself.installation_id, myself.secret) == (POOL, "here", b"k" * 32)


async def test_what_workers_ask_is_written_down_where_it_is_refused(
    control: ControlBench, caplog: pytest.LogCaptureFixture
) -> None:
    """They ask all the time."""
    caplog.set_level(logging.INFO, "tasktrail.api.observation")
    async with control.worker() as tools:
        await tools.api.myself()
        assert not [record for record in caplog.records if record.message == "answered"]
        with pytest.raises(NotFoundError):
            await tools.api.stops(HeldJob(1, 1, "0" * 16))
    (record,) = [record for record in caplog.records if record.message == "answered"]
    fields = vars(record)["fields"]
    assert (fields["status"], fields["pool"]) == (404, POOL)
    assert fields["credential"] == "worker-key:1"
