"""A short run of what `make fuzz-api` does at length."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from integration.api.api_bench import ApiBench, api_bench
from integration.api.fuzzing import Fuzzer, things_that_exist


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[ApiBench]:
    async with api_bench(tmp_path, far_ids=True) as bench:
        yield bench


@pytest.mark.long
async def test_every_answer_to_generated_requests_is_as_the_document_says(api: ApiBench) -> None:
    document = await api.get("/v1/openapi.json", None)
    known = await things_that_exist(api)
    fuzzer = Fuzzer(api.server.url, document, {"member": api.keys["member"], "nobody": None})
    try:
        faults = await asyncio.to_thread(lambda: list(fuzzer.run(5, known, 1)))
    finally:
        fuzzer.close()
    assert not faults, "\n".join(map(str, faults))
    # What can be asked in few ways only is asked less often.
    assert fuzzer.count > 4 * fuzzer.operations
    assert {200, 401, 403, 404, 422} <= set(fuzzer.statuses)


async def test_an_answer_that_is_not_as_the_document_says_is_told(api: ApiBench) -> None:
    document = await api.get("/v1/openapi.json", None)
    path = "/v1/definitions/{name}"
    document["paths"] = {path: document["paths"][path]}
    document["components"]["schemas"]["DefinitionWithJobs"]["properties"]["title"] = {
        "type": "integer"
    }
    known = await things_that_exist(api)
    fuzzer = Fuzzer(api.server.url, document, {"owner": api.keys["owner"]})
    try:
        faults = await asyncio.to_thread(lambda: list(fuzzer.run(20, known, 1)))
    finally:
        fuzzer.close()
    assert [(fault.role, fault.operation) for fault in faults] == [("owner", f"GET {path}")]
    assert "is not of type" in faults[0].what
