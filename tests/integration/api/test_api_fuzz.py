"""A short run of what `make fuzz-api` does at length."""

from __future__ import annotations

import asyncio

from integration.api.api_bench import HELLO, ApiBench
from integration.api.fuzzing import Fuzzer


async def test_every_answer_to_generated_requests_is_as_the_document_says(api: ApiBench) -> None:
    api.runbook("hello", HELLO)
    task = await api.ran("hello")
    document = await api.get("/v1/openapi.json", None)
    step = task["jobs"][0]["steps"][0]["id"]
    link = (await api.get(f"/v1/task-steps/{step}/log-url"))["url"].rpartition("/")[2]
    ids = {
        path: [{"id": step}] if "step" in path else [{"id": task["id"]}]
        for path in document["paths"]
    }
    ids["/v1/task-logs/{token}"] = [{"token": link}]
    ids["/v1/definitions/{name}"] = [{"name": "hello"}]
    fuzzer = Fuzzer(api.server.url, document, {"owner": api.keys["owner"], "nobody": None})
    try:
        faults = await asyncio.to_thread(lambda: list(fuzzer.run(10, ids, 1)))
    finally:
        fuzzer.close()
    print(fuzzer.count, fuzzer.statuses)
    assert not faults, "\n".join(map(str, faults))
