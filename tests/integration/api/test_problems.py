"""Every error is a problem (rest-contract.md, "General"; RFC 9457)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from integration.api.api_bench import HELLO, ApiBench, api_bench
from tasktrail.actions.throttle import Throttle
from tasktrail.api.address_limit import AddressLimit
from tasktrail.api.gate import LARGEST_BODY
from tasktrail.errors import StoreUnavailableError
from tasktrail.model.instant import Instant, after

pytestmark = pytest.mark.asyncio(loop_scope="module")


def check(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) <= {
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "code",
        "message",
        "errors",
    }
    assert problem["type"] == f"urn:tasktrail:problem:{code}"
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["title"]
    assert problem["message"]
    assert problem["detail"]
    return problem


async def test_a_path_that_there_is_not(shared: ApiBench) -> None:
    for path in ("/", "/v1", "/v1/", "/v2/tasks", "/v1/tasks/", "/v1/tasks/1/", "/etc/passwd"):
        check(await shared.ask("GET", path), 404, "not_found")


async def test_a_method_that_a_path_does_not_take_names_those_that_it_does(
    shared: ApiBench,
) -> None:
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"):
        answer = await shared.ask(method, "/v1/tasks/1")
        check(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == "GET"


async def test_a_body_that_is_no_json_is_told_so(shared: ApiBench) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await shared.ask("POST", "/v1/tasks", content=b'{"definition": "x"', headers=headers)
    (found,) = check(answer, 422, "invalid_input")["errors"]
    assert found["field"] == "body"
    assert found["detail"].startswith("the body is no JSON: ")


async def test_wrong_values_are_all_named(shared: ApiBench) -> None:
    answer = await shared.ask("GET", "/v1/tasks/x/events?page=0&pageSize=1000&orgId=no")
    problem = check(answer, 422, "invalid_input")
    fields = {one["field"] for one in problem["errors"]}
    assert fields == {"id", "page", "pageSize", "orgId"}
    assert all(set(one) == {"field", "code", "detail"} for one in problem["errors"])


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"definition": NaN}',
        b'{"definition": "\xff"}',
        b'{"definition": "\\ud800"}',
        b"[" * 33 + b"]" * 33,
        b"[" * 100_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"definition": 1e999}',
        b"1" * 5000,
    ],
)
async def test_what_is_no_json_or_too_deep(shared: ApiBench, body: bytes) -> None:
    answer = await shared.ask(
        "POST", "/v1/tasks", content=body, headers={"Content-Type": "application/json"}
    )
    check(answer, 422, "invalid_input")


async def test_a_body_of_another_type(shared: ApiBench) -> None:
    body = b'{"definition": "x"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        headers = {"Content-Type": kind} if kind else {}
        for path, role in (("/v1/tasks", "owner"), ("/v1/session", None)):
            answer = await shared.ask("POST", path, role, content=body, headers=headers)
            problem = check(answer, 415, "unsupported_media_type")
            assert "application/json" in problem["message"]
            assert answer.headers["accept"] == "application/json"


async def test_a_body_of_any_json_type_is_read(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    for kind in ("application/json; charset=utf-8", "application/merge-patch+json"):
        answer = await shared.ask(
            "POST", "/v1/tasks", content=b'{"definition": "hello"}', headers={"Content-Type": kind}
        )
        assert answer.status_code == 201


async def test_a_body_that_is_missing_or_no_object_is_told_so_in_plain_words(
    shared: ApiBench,
) -> None:
    for path in ("/v1/tasks", "/v1/teams", "/v1/tasks/1/repeat"):
        missing = check(await shared.ask("POST", path), 422, "invalid_input")
        assert [one["detail"] for one in missing["errors"]] == ["there is no body"]
        for body in ([], "x", 7):
            problem = check(await shared.ask("POST", path, json=body), 422, "invalid_input")
            assert [one["detail"] for one in problem["errors"]] == ["the body must be an object"]


async def test_a_parameter_that_is_not_known_is_refused_and_names_the_nearest(
    shared: ApiBench,
) -> None:
    for path, meant in (
        ("/v1/tasks?status=failed", "`statuses`"),
        ("/v1/tasks?project_ids=3", "`projectIds`"),
        ("/v1/tasks/1/events?pagesize=5", "`pageSize`"),
        ("/v1/task-steps/1/logs?deliver=inline", "`delivery`"),
        ("/v1/session?orgid=3", "`orgId`"),
        ("/v1/organizations?x=1", "known here: "),
    ):
        problem = check(await shared.ask("GET", path), 400, "unknown_parameter")
        (error,) = problem["errors"]
        assert error["field"] == path.partition("?")[2].partition("=")[0]
        assert error["code"] == "unknown_parameter"
        assert meant in error["detail"]
    several = check(
        await shared.ask("GET", "/v1/tasks?a=1&page=1&b=2&a=3"), 400, "unknown_parameter"
    )
    assert [one["field"] for one in several["errors"]] == ["a", "b"]
    assert "2 parameters" in several["message"]
    refused = await shared.ask("POST", "/v1/tasks/1/cancel?forced=true")
    check(refused, 400, "unknown_parameter")
    # Who is nobody is told that first.
    check(await shared.ask("GET", "/v1/tasks?status=failed", None), 401, "not_signed_in")


async def test_a_route_for_everybody_takes_parameters_of_others(shared: ApiBench) -> None:
    for path in ("/v1/sign-in-methods", "/healthz", "/v1/openapi.json", "/docs"):
        assert (await shared.ask("GET", f"{path}?utm_source=mail", None)).status_code == 200


async def test_a_body_that_is_too_large_is_refused_however_it_comes(shared: ApiBench) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * (LARGEST_BODY // 10)

    json = {"Content-Type": "application/json"}
    whole = await shared.ask("POST", "/v1/tasks", content=b" " * (LARGEST_BODY + 1), headers=json)
    check(whole, 413, "request_entity_too_large")
    chunked = await shared.ask("POST", "/v1/tasks", content=pieces(), headers=json)
    check(chunked, 413, "request_entity_too_large")
    filled = b'{"definition": "' + b"x" * (LARGEST_BODY - 18) + b'"}'
    assert len(filled) == LARGEST_BODY
    check(await shared.ask("POST", "/v1/tasks", content=filled, headers=json), 422, "invalid_input")


async def test_a_key_in_an_address(shared: ApiBench) -> None:
    key = shared.keys["owner"]
    for query in (f"apiKey={key}", f"x-api-key={key}", "api_key=x", f"search={key}"):
        problem = check(await shared.ask("GET", f"/v1/tasks?{query}"), 400, "key_in_address")
        assert key not in str(problem)
        check(await shared.ask("GET", f"/v1/tasks?{query}", None), 400, "key_in_address")


async def test_what_is_no_http(shared: ApiBench) -> None:
    place = urlsplit(shared.server.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(b"GET /v1/tasks HTTP/1.1\r\nno header\r\n\r\n")
    said = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    assert said.startswith("HTTP/1.1 400 ")
    assert "content-type: application/problem+json" in said
    assert '"code":"bad_request"' in said


async def test_a_conflict_says_what_is_in_the_way(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    task = await shared.ran("hello")
    for verb, body in (("cancel", None), ("repeat", {"force": True})):
        answer = await shared.ask("POST", f"/v1/tasks/{task['id']}/{verb}", json=body)
        problem = check(answer, 409, "conflict")
        assert str(task["id"]) in problem["message"]


async def test_a_fault_of_ours_tells_a_reference_and_nothing_else(
    shared: ApiBench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("the secret is hunter2")

    monkeypatch.setattr(shared.world.installation.library, "listing", broken)
    answer = await shared.ask("GET", "/v1/definitions")
    problem = check(answer, 500, "internal_error")
    assert "hunter2" not in answer.text
    reference = problem["instance"].removeprefix("urn:tasktrail:reference:")
    assert reference in problem["message"]
    assert any(reference in record.message for record in caplog.records)


async def test_a_store_that_does_not_answer_may_be_asked_again(
    shared: ApiBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object) -> None:
        raise StoreUnavailableError("disk is full at /secret/place")

    assert (await shared.ask("GET", "/v1/tasks")).status_code == 200
    monkeypatch.setattr(shared.world.installation.decisions.store, "read", gone)
    answer = await shared.ask("GET", "/v1/tasks")
    check(answer, 503, "store_unavailable")
    assert answer.headers["retry-after"] == "1"
    assert "secret" not in answer.text


async def test_an_address_that_shows_too_many_wrong_keys_is_told_to_wait(tmp_path: Path) -> None:
    now = Instant(1_800_000_000_000_000)
    limit = AddressLimit(lambda: now, failures=3, between_failures=60)
    async with api_bench(tmp_path, address_limit=limit) as api:
        await api.get("/v1/tasks", "owner")

        async def status(key: str) -> int:
            answer = await api.ask("GET", "/v1/tasks", None, headers={"X-API-KEY": key})
            return answer.status_code

        assert [await status(f"tt_99_{'x' * 42}{number}") for number in range(3)] == [401] * 3
        refused = await api.ask("GET", "/v1/tasks", None, headers={"X-API-KEY": "tt_1_guess"})
        check(refused, 429, "too_many_requests")
        assert refused.headers["retry-after"] == "60"
        # Nobody is held up by others behind the address, seen before or not.
        assert [await status(api.keys[who]) for who in ("owner", "admin")] == [200, 200]
        assert await status("tt_1_guess") == 429
        now = after(now, 60)
        assert await status("tt_1_guess") == 401
        assert (await api.ask("GET", "/v1/tasks", None)).status_code == 401, "it shows nothing"


async def test_an_address_that_guesses_links_to_logs_is_told_to_wait(tmp_path: Path) -> None:
    now = Instant(1_800_000_000_000_000)
    limit = AddressLimit(lambda: now, failures=3, between_failures=60, reads=8, between_reads=60)
    async with api_bench(tmp_path, address_limit=limit) as api:
        api.runbook("hello", HELLO)
        step = (await api.ran("hello"))["jobs"][0]["steps"][0]["id"]
        url = (await api.get(f"/v1/task-steps/{step}/log-url"))["url"]
        assert (await api.ask("GET", url, None)).status_code == 200
        for _ in range(3):
            assert (await api.ask("GET", "/v1/task-logs/guess", None)).status_code == 404
        refused = await api.ask("GET", "/v1/task-logs/guess", None)
        check(refused, 429, "too_many_requests")
        assert refused.headers["retry-after"] == "60"
        again = [(await api.ask("GET", url, None)).status_code for _ in range(4)]
        assert again == [200, 200, 200, 429]


async def test_who_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    now = Instant(1_800_000_000_000_000)
    limit = Throttle(lambda: now, seconds=2, burst=3)
    async with api_bench(tmp_path, request_limit=limit) as api:
        statuses = [(await api.ask("GET", "/v1/tasks")).status_code for _ in range(3)]
        assert statuses == [200, 200, 200]
        refused = await api.ask("GET", "/v1/tasks")
        check(refused, 429, "too_many_requests")
        assert refused.headers["retry-after"] == "2"
        assert (await api.ask("GET", "/v1/tasks", "admin")).status_code == 200


async def test_a_signed_address_that_has_expired_or_was_changed(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    step = (await shared.ran("hello"))["jobs"][0]["steps"][0]["id"]
    url = (await shared.get(f"/v1/task-steps/{step}/log-url"))["url"]
    name, expires, signature = url.rpartition("/")[2].split(".")
    flipped = "A" if signature[0] != "A" else "B"
    for token in (
        "x",
        f"{name}.{int(expires) + 1}.{signature}",
        f"{name.replace(str(step), str(step + 1))}.{expires}.{signature}",
        f"{name}.{expires}.{flipped}{signature[1:]}",
        f"{name}.{expires}.{signature}/..",
    ):
        check(await shared.ask("GET", f"/v1/task-logs/{token}", None), 404, "not_found")
    check(await shared.ask("GET", f"/v1/task-logs/{'x' * 201}", None), 422, "invalid_input")
