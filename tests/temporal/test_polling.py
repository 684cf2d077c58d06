"""A worker of the SDK that came to nothing is followed by another one."""

from __future__ import annotations

import asyncio
import logging
import uuid
from datetime import timedelta

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio import workflow
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from tasktrail.config import TemporalServer
from tasktrail.engine.temporal.connection import connect
from tasktrail.engine.temporal.payloads import data_converter
from tasktrail.engine.temporal.polling import Polling

LONGEST = 60.0
MISSING = "no workflows are run"
QUEUE = "queue"


@workflow.defn
class Nothing:
    @workflow.run
    async def run(self) -> str:
        return "done"


async def make_namespace(address: str, name: str) -> None:
    client = await Client.connect(address)
    kept = Duration(seconds=86_400)
    request = RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=kept)
    await client.workflow_service.register_namespace(request, timeout=timedelta(seconds=10))


async def test_another_worker_follows_one_that_found_no_namespace(
    temporal: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tasktrail.engine.temporal.polling")
    namespace = f"late-{uuid.uuid4().hex}"
    server = TemporalServer(address=temporal, namespace=namespace)
    key = b"k" * 32

    def new_worker(client: Client) -> Worker:
        return Worker(
            client,
            task_queue=QUEUE,
            workflows=[Nothing],
            workflow_runner=UnsandboxedWorkflowRunner(),
        )

    first = await Client.connect(temporal, namespace=namespace, data_converter=data_converter(key))
    polling = Polling(first, lambda: connect(server, key), new_worker, MISSING)
    running = asyncio.ensure_future(polling.run())
    try:
        async with asyncio.timeout(LONGEST):
            while polling.problem is None:  # noqa: ASYNC110 - as the SDK tells nobody
                await asyncio.sleep(0.02)
            assert polling.problem.startswith(f"{MISSING}: ")
            await make_namespace(temporal, namespace)
            assert await executed(first) == "done"
        assert polling.problem is None
    finally:
        running.cancel()
        await asyncio.wait([running])
    told = [record.levelname for record in caplog.records]
    assert told.count("WARNING") <= 2, "the same is told once"
    assert told[-1] == "INFO"


async def executed(client: Client) -> str:
    """What the workflow says, once all of the server knows the namespace."""
    while True:
        try:
            return await client.execute_workflow(Nothing.run, id="one", task_queue=QUEUE)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            await asyncio.sleep(0.1)  # the server tells nobody
