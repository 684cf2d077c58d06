"""A short run of what `make fuzz-api` does at length, as a worker."""

from __future__ import annotations

import asyncio

import httpx2

from integration.api.fuzzing import Fuzzer
from integration.worker.control_bench import ControlBench
from integration.worker.fuzzed_work import work_that_exists


async def test_every_answer_to_a_worker_is_as_the_document_says(control: ControlBench) -> None:
    async with httpx2.AsyncClient(base_url=control.server.url, trust_env=False) as client:
        document = (await client.get("/v1/openapi.json")).json()
    document["paths"] = {
        path: methods for path, methods in document["paths"].items() if "/worker/" in path
    }
    known = await work_that_exists(control)
    fuzzer = Fuzzer(control.server.url, document, {"worker": control.key})
    try:
        faults = await asyncio.to_thread(lambda: list(fuzzer.run(10, known, 1)))
    finally:
        fuzzer.close()
    assert not faults, "\n".join(map(str, faults))
    assert {200, 404, 409, 422} <= set(fuzzer.statuses)
