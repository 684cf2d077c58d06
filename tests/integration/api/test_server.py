"""The server of HTTP: how it leaves, and what it does with slow and vanishing clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from integration.api.api_bench import HELLO, ApiBench
from tasktrail.api import gate, server
from tasktrail.api.listen_address import parse_listen
from tasktrail.api.server import HttpServer
from tasktrail.bootstrap import http_services
from tasktrail.errors import ConflictError, InvalidInputError
from tasktrail.model.author import Role

BODY = b'{"definition": "hello"}'


@asynccontextmanager
async def connected(
    api: ApiBench,
) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    place = urlsplit(api.server.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()


def submission(api: ApiBench, role: str = "owner") -> bytes:
    """The head of a submission whose body is `BODY`."""
    lines = [
        "POST /v1/tasks HTTP/1.1",
        "Host: here",
        f"X-API-KEY: {api.keys[role]}",
        "Content-Type: application/json",
        f"Content-Length: {len(BODY)}",
        "Expect: 100-continue",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


async def test_a_request_in_flight_is_answered_before_the_server_leaves(api: ApiBench) -> None:
    api.runbook("hello", HELLO)
    async with connected(api) as (reader, writer):
        writer.write(submission(api))
        # The server asks for the body, and so is at the request.
        assert (await reader.readline()).startswith(b"HTTP/1.1 100")
        leaving = asyncio.ensure_future(api.server.close())
        await asyncio.sleep(0)
        writer.write(BODY)
        answer = await reader.read()
        assert b"HTTP/1.1 201 " in answer
        assert answer.endswith(b'"taskId":1}')
        await leaving
    place = urlsplit(api.server.url)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(place.hostname, place.port)


async def test_who_does_not_come_to_an_end_is_cut_off_when_the_server_leaves(
    api: ApiBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_CLOSING", 0.1)
    hurried = HttpServer(http_services(api.world), "127.0.0.1:0", version="test")
    await hurried.start()
    place = urlsplit(hurried.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(submission(api) + BODY[:5])
    assert (await reader.readline()).startswith(b"HTTP/1.1 100")
    async with asyncio.timeout(gate.LONGEST_BODY / 2):
        await hurried.close()
        assert b"HTTP/1.1 201 " not in await reader.read()
    writer.close()
    await writer.wait_closed()
    assert (await api.get("/v1/tasks"))["totalCount"] == 0


async def test_who_is_removed_while_the_body_arrives_submits_nothing(api: ApiBench) -> None:
    api.runbook("hello", HELLO)
    own = api.world.installation
    owner = await own.identities.identification.of_key(api.keys["owner"])
    async with connected(api) as (reader, writer):
        writer.write(submission(api, "admin"))
        assert (await reader.readline()).startswith(b"HTTP/1.1 100")
        await own.identities.members.remove(owner, api.user_ids["admin"])
        writer.write(BODY)
        assert (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[1].split()[1] == b"401"
    names = [one["name"] for one in (await api.get("/v1/tasks"))["items"]]
    assert names == ["member.remove"]


async def test_who_has_less_rights_when_the_body_is_there_does_less(api: ApiBench) -> None:
    api.runbook("hello", HELLO)
    own = api.world.installation
    owner = await own.identities.identification.of_key(api.keys["owner"])
    async with connected(api) as (reader, writer):
        writer.write(submission(api, "admin"))
        assert (await reader.readline()).startswith(b"HTTP/1.1 100")
        await own.identities.members.change_role(owner, api.user_ids["admin"], Role.MEMBER)
        writer.write(BODY)
        assert (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[1].split()[1] == b"403"
    names = [one["name"] for one in (await api.get("/v1/tasks"))["items"]]
    assert names == ["member.change-role"]


async def test_a_client_that_vanishes_leaves_nothing_undone(api: ApiBench) -> None:
    api.runbook("hello", HELLO)
    async with connected(api) as (reader, writer):
        writer.write(submission(api))
        assert (await reader.readline()).startswith(b"HTTP/1.1 100")
    assert (await api.get("/v1/tasks"))["totalCount"] == 0
    async with connected(api) as (_, writer):
        writer.write(submission(api) + BODY)
        await writer.drain()
        async with asyncio.timeout(30):
            while (await api.get("/v1/tasks"))["totalCount"] == 0:
                pass
    assert (await api.ended(1))["status"] == "done"


async def test_a_body_that_does_not_come_is_given_up(
    api: ApiBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "LONGEST_BODY", 0.1)
    async with connected(api) as (reader, writer):
        writer.write(submission(api) + BODY[:5])
        answer = await reader.read()
    assert b"HTTP/1.1 408 " in answer
    assert b'"code":"request_timeout"' in answer


async def test_an_address_that_is_taken_is_told(api: ApiBench) -> None:
    taken = api.server.url.removeprefix("http://")
    second = HttpServer(http_services(api.world), taken, version="test")
    with pytest.raises(ConflictError, match=r"nothing can listen at 127\.0\.0\.1"):
        await second.start()
    await second.close()


@pytest.mark.parametrize("listen", ["[::1]:0", "localhost:0"])
async def test_it_listens_where_it_is_told(api: ApiBench, listen: str) -> None:
    server = HttpServer(http_services(api.world), listen, version="test")
    await server.start()
    try:
        assert server.loopback
        answer = await api.client.get(f"{server.url}/docs")
        assert answer.status_code == 200
    finally:
        await server.close()


@pytest.mark.parametrize("listen", ["", "x", "127.0.0.1", ":80", "a:b", "a:65536", "a:-1", "a:1x"])
def test_what_is_no_address_is_refused(listen: str) -> None:
    with pytest.raises(InvalidInputError, match="is no address to listen at"):
        parse_listen(listen)
