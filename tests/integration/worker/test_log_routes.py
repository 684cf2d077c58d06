"""What workers write arrives in order, whole, once, and only from who holds the job."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from integration.worker.control_bench import POOL, ControlBench
from plain_http import NO_TLS
from tasktrail.actions.work.held_job import HeldJob
from tasktrail.errors import InvalidInputError, StaleClaimError
from tasktrail.logs.place import LogName
from tasktrail.logs.writer import LogWriter
from tasktrail.model.happening import StepEnded
from tasktrail.model.instant import Instant
from tasktrail.model.outcome import Succeeded
from tasktrail.model.step import LogSummary
from tasktrail.worker.job_run import Tools


def frames(directory: Path, *chunks: bytes) -> tuple[list[bytes], LogSummary]:
    """What a log grows by, chunk by chunk and with its seal."""
    path = directory / "a.log"
    writer, parts, size = LogWriter(path, clock=lambda: Instant(5), compacts=False), [], 0
    for chunk in chunks:
        writer.write(1, chunk)
        parts.append(path.read_bytes()[size:])
        size = path.stat().st_size
    summary = writer.close()
    return [*parts, path.read_bytes()[size:]], summary


async def begun(control: ControlBench, tools: Tools) -> tuple[HeldJob, LogName]:
    """A job of which a step runs, as far as is known."""
    task_id = await control.submit(
        f"jobs: {{main: {{pool: {POOL}, steps: [{{name: a, run: x}}]}}}}"
    )
    held = await control.held(task_id)
    assignment = await tools.api.claim(held, Succeeded())
    assert assignment is not None
    return held, LogName(task_id, assignment.first_step.id, 1)


async def test_a_log_grows_in_order_however_often_its_parts_come(
    control: ControlBench, tmp_path: Path
) -> None:
    (one, two, seal), summary = frames(tmp_path, b"one\n", b"two\n")
    async with control.worker() as tools:
        held, name = await begun(control, tools)
        api = tools.api
        assert await api.append_log(held, name, 0, b"") == 0
        assert await api.append_log(held, name, len(one), two) == 0, "something is missing"
        for _ in range(2):
            assert await api.append_log(held, name, 0, one) == len(one)
        assert await api.append_log(held, name, 0, one + two) == len(one + two)
        assert await api.append_log(held, name, 0, one) == len(one + two), "more is known"
        size = len(one + two + seal)
        assert await api.append_log(held, name, size, b"", summary) == len(one + two)
        for _ in range(2):
            assert await api.append_log(held, name, len(one + two), seal, summary) == size
        assert await api.append_log(held, name, size, one) == size, "it is closed"
    state = await control.state(held.task_id)
    assert await control.lines(state, "a") == ["one", "two"]
    kept = await control.placement(state, "a")
    assert kept is not None
    assert kept.size == size


async def test_what_is_not_made_of_frames_is_refused(control: ControlBench, tmp_path: Path) -> None:
    (one, *_), _ = frames(tmp_path, b"one\n")
    async with control.worker() as tools:
        held, name = await begun(control, tools)
        for wrong in (b"x", one[:-1], one + b"x", one[1:], b"\0" * 1000):
            with pytest.raises(InvalidInputError, match="whole frames"):
                await tools.api.append_log(held, name, 0, wrong)
        assert await tools.api.append_log(held, name, 0, b"") == 0
    headers = {"X-API-KEY": control.key, "Tasktrail-Claim": held.claim, "Tasktrail-Offset": "0"}
    path = f"/v1/worker/logs/{name.task_id}/{name.step_id}/1"
    async with httpx2.AsyncClient(
        base_url=control.server.url, trust_env=False, verify=NO_TLS
    ) as client:
        for wrong_end in ("yes", "bytes=-1, lines=1", "bytes=1", "bytes=1, lines=1, more"):
            answer = await client.put(path, headers={**headers, "Tasktrail-End": wrong_end})
            assert answer.status_code == 422


async def test_only_who_is_at_the_attempt_writes_its_log(
    control: ControlBench, tmp_path: Path
) -> None:
    (one, *_), summary = frames(tmp_path, b"one\n")
    async with control.worker() as tools:
        held, name = await begun(control, tools)
        other = await begun(control, tools)
        for wrong_held, wrong_name in (
            (other[0], name),
            (held, other[1]),
            (held, name._replace(attempt=2)),
            (held, name._replace(step_id=987654321)),
            (HeldJob(held.task_id, held.job_id, "0" * 16), name),
        ):
            with pytest.raises(StaleClaimError):
                await tools.api.append_log(wrong_held, wrong_name, 0, one)
            with pytest.raises(StaleClaimError):
                await tools.api.append_log(wrong_held, wrong_name, 0, b"", summary)
        done = StepEnded(
            job_id=held.job_id,
            claim=held.claim,
            step_id=name.step_id,
            attempt=1,
            outcome=Succeeded(),
            log=LogSummary(),
        )
        await tools.api.report(held, done)
        with pytest.raises(StaleClaimError):
            await tools.api.append_log(held, name, 0, one)
    assert not control.objects()


async def test_a_claim_stands_in_no_address(control: ControlBench) -> None:
    """Proxies write addresses down."""
    async with httpx2.AsyncClient(
        base_url=control.server.url, trust_env=False, verify=NO_TLS
    ) as client:
        headers = {"X-API-KEY": control.key}
        answer = await client.get("/v1/worker/jobs/1/orders?taskId=1&claim=abc", headers=headers)
        assert answer.status_code == 400
        wrong = headers | {"Tasktrail-Claim": "'; DROP TABLE"}
        answer = await client.get("/v1/worker/jobs/1/orders?taskId=1", headers=wrong)
        assert answer.status_code == 422
