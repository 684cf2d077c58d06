"""Calls go through Temporal as the SDK would write them, so that older processes read them, too."""

from __future__ import annotations

import pytest
from temporalio.converter import DefaultPayloadConverter

from tasktrail.engine.temporal.calls import JobAnswer, JobCall, LookCall, TaskCall
from tasktrail.engine.temporal.payloads import Payloads, data_converter
from tasktrail.model.orders import GivenJob, Orders, ReadyJob

ORDERS = Orders(
    begin=[ReadyJob(1, "default")],
    stop=[2],
    due=86400.0,
    ended=False,
    strange=[GivenJob(3, "c" * 32)],
)
CALLS = [
    TaskCall("acme", 4711),
    TaskCall("acme", 4711, longest_history=12, over=[GivenJob(1, "a" * 32)], orders=ORDERS),
    JobCall(4711, 1, "a" * 32),
    JobAnswer(task_ended=True),
    LookCall(4711, [GivenJob(1, "a" * 32)], [], 1000),
    ORDERS,
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: type(call).__name__)
def test_what_one_converter_writes_the_other_one_reads(call: object) -> None:
    ours, theirs = Payloads(), DefaultPayloadConverter()
    for writer, reader in ((ours, ours), (ours, theirs), (theirs, ours)):
        (payload,) = writer.to_payloads([call])
        assert reader.from_payloads([payload], [type(call)]) == [call]


def test_what_is_no_call_is_written_as_the_sdk_does() -> None:
    values = [None, "text", {"a": [1, 2.5, None]}, b"bytes"]
    ours = Payloads().to_payloads(values)
    assert ours == DefaultPayloadConverter().to_payloads(values)
    assert Payloads().from_payloads(ours) == values


def test_a_field_that_a_newer_process_has_added_is_passed_over() -> None:
    (payload,) = Payloads().to_payloads([JobAnswer(task_ended=True)])
    payload.data = b'{"task_ended":true,"more":[1]}'
    assert Payloads().from_payloads([payload], [JobAnswer]) == [JobAnswer(task_ended=True)]


async def test_calls_are_encrypted_and_nothing_is_not() -> None:
    converter = data_converter(bytes(32))
    secret, nothing = await converter.encode([JobCall(1, 2, "c" * 32), None])
    assert b"task_id" not in secret.data
    assert nothing.data == b""
    assert await converter.decode([secret, nothing], [JobCall, JobAnswer]) == [
        JobCall(1, 2, "c" * 32),
        None,
    ]
