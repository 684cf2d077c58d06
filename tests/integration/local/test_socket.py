from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import socket
import stat
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from integration.local.scripted_operations import ScriptedOperations
from tasktrail.errors import (
    ConnectionLostError,
    DefinitionError,
    NotAllowedError,
    NotFoundError,
    Problem,
    RefusedError,
    StoreUnavailableError,
    TasktrailError,
)
from tasktrail.local import socket_file
from tasktrail.local.message import PROTOCOL
from tasktrail.local.server import LocalServer
from tasktrail.local.socket_transport import SocketTransport
from tasktrail.local.transport import JsonObject

HELLO = f'{{"type":"hello","protocol":{PROTOCOL},"version":"1"}}\n'.encode()


@contextlib.asynccontextmanager
async def connected(
    operations: ScriptedOperations, directory: Path
) -> AsyncGenerator[tuple[LocalServer, SocketTransport]]:
    server = LocalServer(operations, directory, version="1")
    await server.start()
    try:
        transport = await SocketTransport.open(directory, version="1")
        assert transport is not None
        with contextlib.closing(transport):
            yield server, transport
    finally:
        await server.close()


async def test_an_answer_arrives_as_it_was_given(tmp_path: Path) -> None:
    value: JsonObject = {"text": "zwei\nZeilen \x1b[31m", "list": [1, None, {"a": 1.5}]}
    async with connected(ScriptedOperations(), tmp_path) as (_, transport):
        assert await transport.call("echo", value) == value


async def test_many_calls_at_once_get_their_own_answers(tmp_path: Path) -> None:
    async with connected(ScriptedOperations(), tmp_path) as (_, transport):
        answers = await asyncio.gather(*(transport.call("echo", {"n": n}) for n in range(50)))
    assert answers == [{"n": n} for n in range(50)]


async def test_an_answer_of_many_megabytes_arrives(tmp_path: Path) -> None:
    text = "x" * (12 * 1024 * 1024)
    async with connected(ScriptedOperations(), tmp_path) as (_, transport):
        assert await transport.call("echo", {"text": text}) == {"text": text}


@pytest.mark.parametrize(
    "error",
    [
        NotFoundError("There is no task 7.", hint="See 'tasktrail task list'."),
        DefinitionError("Two problems.", problems=(Problem("a", line=3, file="x.yml"),)),
        RefusedError("No."),
    ],
)
async def test_a_refusal_arrives_as_the_class_that_was_raised(
    tmp_path: Path, error: RefusedError
) -> None:
    def refuse(_: JsonObject) -> object:
        raise error

    async with connected(ScriptedOperations(refuse=refuse), tmp_path) as (_, transport):
        with pytest.raises(RefusedError) as caught:
            await transport.call("refuse", {})
        assert await transport.call("echo", {"still": "served"}) == {"still": "served"}
    assert type(caught.value) is type(error)
    assert str(caught.value) == str(error)
    assert caught.value.problems == error.problems


async def test_a_store_that_is_away_arrives_as_such(tmp_path: Path) -> None:
    def fail(_: JsonObject) -> object:
        raise StoreUnavailableError("disk full")

    async with connected(ScriptedOperations(fail=fail), tmp_path) as (_, transport):
        with pytest.raises(StoreUnavailableError, match="disk full"):
            await transport.call("fail", {})


async def test_an_unexpected_error_travels_under_a_reference_without_its_details(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(_: JsonObject) -> object:
        raise KeyError("secret detail")

    async with connected(ScriptedOperations(break_down=break_down), tmp_path) as (_, transport):
        with caplog.at_level(logging.ERROR), pytest.raises(TasktrailError) as caught:
            await transport.call("break_down", {})
    reference = str(caught.value).partition("reference ")[2].rstrip(")")
    assert "secret detail" not in str(caught.value)
    assert reference
    assert reference in caplog.text
    assert "secret detail" in caplog.text


async def test_a_stream_gives_its_items_in_order_and_ends(tmp_path: Path) -> None:
    async with connected(ScriptedOperations(), tmp_path) as (_, transport):
        items = [item async for item in transport.stream("count", {"until": 1000})]
    assert items == [{"number": n, "text": ""} for n in range(1, 1001)]


async def test_a_stream_that_the_reader_closes_ends_at_the_server(tmp_path: Path) -> None:
    operations = ScriptedOperations()
    async with connected(operations, tmp_path) as (_, transport):
        async with contextlib.aclosing(transport.stream("endless_wait", {})) as stream:
            assert await anext(stream) == 0
        await asyncio.wait_for(operations.stream_closed.wait(), 5)


async def test_a_stream_ends_when_its_reader_dies(tmp_path: Path) -> None:
    operations = ScriptedOperations()
    async with connected(operations, tmp_path) as (server, _):
        reader, writer = await asyncio.open_unix_connection(server.address)
        writer.write(HELLO)
        writer.write(b'{"type":"stream","id":4,"operation":"endless_wait","arguments":{}}\n')
        assert json.loads(await reader.readline())["type"] == "hello"
        assert json.loads(await reader.readline()) == {"type": "item", "id": 4, "value": 0}
        writer.transport.abort()
        await asyncio.wait_for(operations.stream_closed.wait(), 5)


async def test_a_client_may_stop_one_stream_and_go_on(tmp_path: Path) -> None:
    operations = ScriptedOperations()
    async with connected(operations, tmp_path) as (server, _):
        reader, writer = await asyncio.open_unix_connection(server.address)
        writer.write(HELLO)
        writer.write(b'{"type":"stream","id":1,"operation":"endless_wait","arguments":{}}\n')
        await reader.readline()
        await reader.readline()
        writer.write(b'{"type":"stop","id":1}\n')
        await asyncio.wait_for(operations.stream_closed.wait(), 5)
        writer.write(b'{"type":"call","id":2,"operation":"echo","arguments":{}}\n')
        assert json.loads(await reader.readline()) == {"type": "answer", "id": 2, "value": {}}
        writer.close()


async def test_nothing_piles_up_for_a_reader_that_does_not_read(tmp_path: Path) -> None:
    operations = ScriptedOperations()
    async with connected(operations, tmp_path) as (_, transport):
        stream = transport.stream("forever", {"text": "x" * 1_000_000})
        await anext(stream)
        produced = -1
        while produced != operations.produced:  # until the buffers on the way are full
            produced = operations.produced
            await asyncio.sleep(0.1)
        # 64 MiB may lie in the reader's own buffer, which it chose; the rest is the system's.
        assert operations.produced < 200
        await stream.aclose()
        await asyncio.wait_for(operations.stream_closed.wait(), 5)


async def test_a_server_that_goes_away_is_said_so(tmp_path: Path) -> None:
    async with connected(ScriptedOperations(), tmp_path) as (server, transport):
        stream = transport.stream("endless_wait", {})
        await anext(stream)
        await server.close()
        with pytest.raises(ConnectionLostError):
            await anext(stream)
        with pytest.raises(ConnectionLostError):
            await transport.call("echo", {})


async def test_nobody_there_is_no_error(tmp_path: Path) -> None:
    assert await SocketTransport.open(tmp_path, version="1") is None
    assert await SocketTransport.open(tmp_path / "missing", version="1") is None


async def test_a_socket_that_a_dead_owner_left_is_replaced(tmp_path: Path) -> None:
    with socket_file.listen(tmp_path):
        pass  # closed without being removed, as after kill -9
    assert (tmp_path / socket_file.NAME).exists()
    assert await SocketTransport.open(tmp_path, version="1") is None
    async with connected(ScriptedOperations(), tmp_path) as (_, transport):
        assert await transport.call("echo", {}) == {}


async def test_a_data_directory_with_a_very_long_path_works(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 200) / ("e" * 200)
    deep.mkdir(parents=True)
    async with connected(ScriptedOperations(), deep) as (_, transport):
        assert await transport.call("echo", {"n": 1}) == {"n": 1}
        assert stat.S_ISSOCK((deep / socket_file.NAME).stat().st_mode)


async def test_only_the_user_may_open_the_socket_and_it_is_removed_at_the_end(
    tmp_path: Path,
) -> None:
    async with connected(ScriptedOperations(), tmp_path) as (server, _):
        assert stat.S_IMODE(server.address.stat().st_mode) == 0o600
    assert not server.address.exists()


async def test_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = LocalServer(ScriptedOperations(), tmp_path, version="1")
    await server.start()
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)
    try:
        with pytest.raises(NotAllowedError):
            await SocketTransport.open(tmp_path, version="1")
    finally:
        await server.close()


def test_the_kernel_tells_the_peers_uid() -> None:
    one, other = socket.socketpair()
    with one, other:
        assert socket_file.peer_uid(one) == os.geteuid()


async def test_another_version_of_the_protocol_is_refused_on_both_sides(tmp_path: Path) -> None:
    async with connected(ScriptedOperations(), tmp_path) as (server, _):
        reader, writer = await asyncio.open_unix_connection(server.address)
        writer.write(b'{"type":"hello","protocol":99,"version":"9.9"}\n')
        await reader.readline()
        refusal = json.loads(await reader.readline())
        assert refusal["id"] == 0
        assert "9.9" in refusal["failure"]["message"]
        assert await reader.readline() == b""
        writer.close()


@pytest.mark.parametrize(
    "line",
    [
        b"not json\n",
        b'{"type":"call"}\n',
        b'{"type":"nonsense","id":1}\n',
        b'{"type":"call","id":1,"operation":"echo","arguments":{}}\n' * 2 + b"\xff\xfe\n",
    ],
)
async def test_what_is_no_message_ends_the_connection_with_a_reason(
    tmp_path: Path, line: bytes
) -> None:
    async with connected(ScriptedOperations(), tmp_path) as (server, transport):
        reader, writer = await asyncio.open_unix_connection(server.address)
        writer.write(HELLO + line)
        everything = await asyncio.wait_for(reader.read(), 5)
        assert json.loads(everything.splitlines()[-1])["failure"]["code"] == "refused"
        assert await transport.call("echo", {}) == {}
        writer.close()


async def test_calls_that_are_being_performed_are_answered_before_the_end(tmp_path: Path) -> None:
    operations = ScriptedOperations()
    async with connected(operations, tmp_path) as (server, transport):
        answer = asyncio.create_task(transport.call("slow", {}))
        await operations.call_begun.wait()
        stopping = asyncio.create_task(server.stop_listening())
        await asyncio.sleep(0)
        assert await SocketTransport.open(tmp_path, version="1") is None
        operations.call_may_end.set()
        await stopping
        assert await answer == "ended"
