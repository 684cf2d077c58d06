"""Health, readiness and metrics, and what is logged about requests."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest

from integration.api.api_bench import HELLO, ApiBench, api_bench
from tasktrail.config import LogFormat, LogLevel
from tasktrail.engine.job_execution import JobExecution
from tasktrail.structured_log import set_up_log

pytestmark = pytest.mark.asyncio(loop_scope="module")


def value(metrics: str, series: str) -> float:
    """The value of one series."""
    found = re.search(rf"^{re.escape(series)} (\S+)$", metrics, re.MULTILINE)
    assert found, f"no {series} in\n{metrics}"
    return float(found[1])


async def test_whoever_watches_needs_no_key(shared: ApiBench) -> None:
    assert (await shared.get("/healthz", None)) == {"status": "alive"}
    assert (await shared.get("/readyz", None)) == {"status": "ready"}


async def test_a_store_that_does_not_answer_makes_the_server_not_ready(tmp_path: Path) -> None:
    async with api_bench(tmp_path) as api:
        await api.world.installation.decisions.store.aclose()
        answer = await api.ask("GET", "/readyz", None)
        assert answer.status_code == 503
        assert answer.json()["problems"] == ["the records do not answer"]
        assert (await api.get("/healthz", None)) == {"status": "alive"}


async def test_metrics_count_tasks_waits_logs_and_requests(shared: ApiBench) -> None:
    before = (await shared.ask("GET", "/metrics", None)).text
    shared.runbook("hello", HELLO)
    await shared.ran("hello")
    await shared.ask("GET", "/v1/tasks/4711")
    after = (await shared.ask("GET", "/metrics", None)).text

    def grown(series: str) -> float:
        return value(after, series) - (value(before, series) if f"\n{series} " in before else 0)

    assert grown("tasktrail_tasks_accepted_total") == 1
    assert grown('tasktrail_tasks_ended_total{status="done"}') == 1
    assert grown("tasktrail_task_wait_seconds_count") == 1
    assert grown('tasktrail_task_duration_seconds_count{status="done"}') == 1
    assert grown("tasktrail_log_bytes_total") == len("hello\noops\n")
    route = 'method="GET",route="/v1/tasks/{id}",status="404"'
    assert grown(f"tasktrail_http_requests_total{{{route}}}") == 1
    assert value(after, 'tasktrail_tasks_live{status="in_progress"}') == 0
    assert value(after, "tasktrail_jobs_running") == 0
    assert "4711" not in after, "nothing that clients choose is a label"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
async def test_metrics_are_not_for_those_behind_a_proxy(shared: ApiBench, header: str) -> None:
    answer = await shared.ask("GET", "/metrics", None, headers={header: "203.0.113.7"})
    assert answer.status_code == 404


async def test_an_answer_has_the_id_of_its_request(shared: ApiBench) -> None:
    given = await shared.ask("GET", "/healthz", None, headers={"X-Request-ID": "from-my-proxy.1"})
    assert given.headers["X-Request-ID"] == "from-my-proxy.1"
    strange = await shared.ask("GET", "/healthz", None, headers={"X-Request-ID": "a b\t{}"})
    assert re.fullmatch("[0-9a-f]{16}", strange.headers["X-Request-ID"])


async def test_what_the_engine_logs_about_a_job_names_its_task(
    shared: ApiBench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a defect of ours")

    shared.runbook("hello", HELLO)
    monkeypatch.setattr(JobExecution, "carry_out", broken)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up_log(LogFormat.JSON, LogLevel.INFO)
    try:
        task = await shared.ran("hello")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    line = next(line for line in lines if line["logger"] == "tasktrail.engine.embedded")
    assert "a defect of ours" in line["exception"]
    assert (line["task"], line["job"]) == (task["id"], task["jobs"][0]["id"])


async def test_a_request_is_logged_with_its_id_and_without_secrets(
    shared: ApiBench, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up_log(LogFormat.JSON, LogLevel.INFO)
    try:
        answer = await shared.ask("GET", "/v1/tasks?search=canary-5d1f")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    written = capsys.readouterr().err
    # The client of this test writes into the same log.
    lines = [line for line in map(json.loads, written.splitlines()) if line["logger"] != "httpx2"]
    line = next(line for line in lines if line["event"] == "answered")
    assert line["request"] == answer.headers["X-Request-ID"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/v1/tasks", 200)
    assert line["credential"].startswith("key:")
    assert line["ms"] > 0
    assert "canary-5d1f" not in str(lines)
    assert shared.keys["owner"] not in written
