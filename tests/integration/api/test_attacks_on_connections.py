"""What is sent to the server that no client would send: slow, ambiguous, endless."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import pytest

from integration.api.api_bench import HELLO, ApiBench
from tasktrail.api import gate, http_protocol

pytestmark = pytest.mark.asyncio(loop_scope="module")

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(api: ApiBench) -> AsyncGenerator[Connection]:
    place = urlsplit(api.server.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def said(api: ApiBench, sent: bytes) -> bytes:
    """All that is answered to `sent`, until the server hangs up."""
    async with connected(api) as (reader, writer):
        writer.write(sent)
        return await asyncio.wait_for(all_of(reader), 20)


async def all_of(reader: asyncio.StreamReader) -> bytes:
    """What comes until the other side hangs up; it may do so before it has read everything."""
    found = b""
    with suppress(ConnectionError):
        while part := await reader.read(65_536):
            found += part
    return found


def statuses(answers: bytes) -> list[int]:
    return [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4",
        b"Content-Length: 4\r\nContent-Length: 5",
        b"Content-Length: 4, 5",
        b"Content-Length: +4",
        b"Content-Length: -1",
        b"Content-Length: 0x4",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding: chunked, identity",
        b"Transfer-Encoding: identity, chunked",
        b"Transfer-Encoding : chunked",
        b"X: 1\r\n Transfer-Encoding: chunked\r\nContent-Length : 4",
        b"X: a\x00b",
        b"X: a\rTransfer-Encoding: chunked",
    ],
)
async def test_of_two_lengths_of_a_body_none_lets_a_second_request_in(
    shared: ApiBench, head: bytes
) -> None:
    """Request smuggling (RFC 9112, 6.3): what one server takes for a body is another's request."""
    hidden = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    body = b"0\r\n\r\n" + hidden
    key = shared.keys["owner"].encode()
    sent = b"POST /v1/tasks HTTP/1.1\r\nHost: x\r\nX-API-KEY: " + key + b"\r\n" + head + b"\r\n\r\n"
    assert statuses(await said(shared, sent + body)) == [400]


@pytest.mark.parametrize(
    "line",
    [
        b"GET /v1/tasks HTTP/0.9",
        b"GET /v1/tasks HTTP/3.0",
        b"GET  /v1/tasks HTTP/1.1",
        b"GET /v1/tasks\tHTTP/1.1",
        b"GET /v1/ta sks HTTP/1.1",
        b"G\x00T /v1/tasks HTTP/1.1",
        b"GET /v1/\xfftasks HTTP/1.1",
        b"PRI * HTTP/2.0",
        b"\x16\x03\x01\x02\x00\x01",
        b"CONNECT example.com:443 HTTP/1.1",
        b"GET http://169.254.169.254/latest HTTP/1.1",
    ],
)
async def test_a_first_line_that_is_none_leads_nowhere(shared: ApiBench, line: bytes) -> None:
    answer = await said(shared, line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert statuses(answer)[0] in (400, 401, 404, 405), answer
    assert b"latest" not in answer.partition(b"\r\n\r\n")[2]


async def test_a_head_without_end_is_refused(shared: ApiBench) -> None:
    sent = b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"y" * 200_000 + b"\r\n"
    assert statuses(await said(shared, sent)) in ([400], [])
    many = b"".join(b"X-%d: y\r\n" % number for number in range(20_000))
    answer = await said(shared, b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + many)
    assert statuses(answer) in ([400], []), "what is not read resets the connection"


async def test_who_sends_headers_byte_by_byte_is_let_go_while_others_are_answered(
    shared: ApiBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "LONGEST_HEAD", 1.0)
    began = time.monotonic()

    async def drip() -> float:
        async with connected(shared) as (reader, writer):
            gone = asyncio.ensure_future(all_of(reader))
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
            while not gone.done():
                writer.write(b"X: 1\r\n")
                await asyncio.wait([gone], timeout=0.2)
            return time.monotonic() - began

    async def silent() -> float:
        async with connected(shared) as (reader, _):
            assert await reader.read() == b""
            return time.monotonic() - began

    slow = [asyncio.ensure_future(drip()) for _ in range(50)]
    slow += [asyncio.ensure_future(silent()) for _ in range(50)]
    answered = 0
    while not all(one.done() for one in slow):
        assert (await shared.ask("GET", "/v1/tasks")).status_code == 200
        answered += 1
    assert answered >= 5
    assert max(await asyncio.gather(*slow)) < 10


async def test_a_connection_that_is_kept_may_rest_longer_than_a_head_may_take(
    shared: ApiBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "LONGEST_HEAD", 0.3)
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    async with connected(shared) as (reader, writer):
        for _ in range(2):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if b"content-length" in line)
            await reader.readexactly(int(length.partition(b":")[2]))
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.6)


async def test_a_slow_body_is_given_up_while_others_are_answered(
    shared: ApiBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "LONGEST_BODY", 1.0)
    key = shared.keys["owner"].encode()
    head = b"POST /v1/tasks HTTP/1.1\r\nHost: x\r\nX-API-KEY: " + key + b"\r\n"
    head += b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"

    async def drip() -> list[int]:
        async with connected(shared) as (reader, writer):
            answer = asyncio.ensure_future(all_of(reader))
            writer.write(head)
            while not answer.done():
                writer.write(b" ")
                await asyncio.wait([answer], timeout=0.2)
            assert time.monotonic() - began < 15
            return statuses(await answer)

    began = time.monotonic()
    slow = [asyncio.ensure_future(drip()) for _ in range(50)]
    answered = 0
    while not all(one.done() for one in slow):
        assert (await shared.ask("GET", "/v1/tasks")).status_code == 200
        answered += 1
    assert answered >= 5
    found = await asyncio.gather(*slow)
    assert [408] in found
    assert all(one in ([408], []) for one in found), "some never came to read it"


async def test_methods_that_nobody_needs_do_nothing(shared: ApiBench) -> None:
    task_id = (
        await shared.post("/v1/tasks", {"immediate": True, "name": "note", "title": "noted"})
    )["taskId"]
    path = f"/v1/tasks/{task_id}"
    for method in ("HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "PURGE", "A" * 500):
        answer = await shared.ask(method, path, headers={"X-Canary": "echo-me"})
        assert answer.status_code == 405, method
        assert "echo-me" not in answer.text
        assert "access-control-allow-origin" not in answer.headers
    head = await shared.ask("HEAD", path)
    assert head.content == b""


@pytest.mark.parametrize(
    "header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"]
)
async def test_no_header_makes_one_method_another(shared: ApiBench, header: str) -> None:
    before = await shared.get("/v1/tasks?silent=true")
    answer = await shared.ask("GET", "/v1/tasks?_method=POST", headers={header: "POST"})
    assert answer.status_code == 400
    answer = await shared.ask("GET", "/v1/tasks?silent=true", headers={header: "POST"})
    assert answer.json()["totalCount"] == before["totalCount"]
    body = {"immediate": True, "name": "note", "title": "noted", "_method": "GET"}
    answer = await shared.ask("POST", "/v1/tasks", headers={header: "GET"}, json=body)
    assert answer.status_code == 422


async def test_made_up_methods_make_no_series(shared: ApiBench) -> None:
    for number in range(5):
        await shared.ask(f"CANARY{number}", "/v1/tasks")
    metrics = (await shared.ask("GET", "/metrics", None)).text
    assert "CANARY" not in metrics
    assert 'method="other"' in metrics


async def test_a_foreign_page_may_not_read_what_it_asks_for(shared: ApiBench) -> None:
    preflight = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-api-key",
    }
    for method in ("OPTIONS", "GET", "POST"):
        answer = await shared.ask(method, "/v1/tasks", headers=preflight)
        assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_a_body_of_many_levels_or_many_keys_costs_little(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    wide = {f"key{number}": number for number in range(200_000)}
    for body in (
        b'{"inputs":' * 2000 + b"1" + b"}" * 2000,
        b'{"definition": "hello", "inputs": ' + json.dumps(wide).encode() + b"}",
        json.dumps({"definition": "hello", "projectIds": list(range(1, 500_000))}).encode(),
        b'{"definition": "hello", "inputs": {"a": ' + b"9" * 1_000_000 + b"}}",
        b'{"definition": "hello", "inputs": {"a": 1e' + b"9" * 100 + b"}}",
        b'{"definition": "a", "definition": "b"' + b', "x": 1' * 100_000 + b"}",
    ):
        began = time.process_time()
        answer = await shared.ask(
            "POST", "/v1/tasks", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422, answer.text[:500]
        assert len(answer.content) < 100_000
        assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|a)*b", "(.*)*(.*)*(.*)*x", "(x+x+)+y", "a{1000}{1000}", "(?:a?){64}a{64}"],
)
async def test_no_pattern_takes_longer_than_reading_the_log(shared: ApiBench, pattern: str) -> None:
    name = shared.runbook(
        "long-line",
        "steps: [{name: Say, run: 'head -c 200000 /dev/zero | tr \"\\\\0\" a; echo !'}]",
    )
    task = await shared.ran(name)
    began = time.process_time()
    answer = await shared.ask(
        "GET",
        f"/v1/tasks/{task['id']}/logs/search",
        params={"q": pattern, "regex": "true"},
    )
    assert answer.status_code in (200, 422), answer.text
    assert time.process_time() - began < 5
