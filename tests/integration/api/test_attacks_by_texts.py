"""Texts that are more than texts elsewhere: headers, paths, terminals, look-alikes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from integration.api.api_bench import HELLO, ApiBench
from integration.api.written_log import written
from tasktrail.config import LogFormat

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPLITTING = (
    "a\r\nSet-Cookie: tasktrail_session=planted",
    "a\nX-Injected: 1",
    "a\r\n\r\n<script>alert(1)</script>",
    "a\u560a\u560dX-Injected: 1",
    "a\u2028X-Injected: 1",
)
"""Texts that would be headers if they were written into one as they are."""

AWAY = (
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/config",
    "..%252f..%252fetc%252fpasswd",
    "..\\..\\windows",
    "%c0%ae%c0%ae/",
    "....//....//etc/passwd",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "file:///etc/passwd",
    "hello%00.yml",
    "hello%00",
    "%2e%2fhello",
    "%2e%2e%2fdefinitions%2fhello.yml",
    "hello.yml",
)
"""Ways that lead elsewhere, if they are ways."""


@pytest.mark.parametrize("text", SPLITTING)
async def test_no_text_becomes_a_header(shared: ApiBench, text: str) -> None:
    record: dict[str, Any] = {"immediate": True, "name": "note", "title": text}
    record["resources"] = [{"kind": "app", "id": text}]
    task_id = (await shared.post("/v1/tasks", record))["taskId"]
    shared.runbook("hello", HELLO)
    asked = quote(text, safe="")
    step = (await shared.ran("hello"))["jobs"][0]["steps"][0]["id"]
    for path in (
        f"/v1/tasks/{task_id}",
        f"/v1/tasks?search={asked}",
        f"/v1/tasks?names={asked}",
        f"/v1/definitions/{asked}",
        f"/v1/tasks/{asked}",
        f"/v1/task-steps/{step}/raw-log?{asked}={asked}",
        f"/{asked}",
    ):
        answer = await shared.ask("GET", path)
        assert "x-injected" not in answer.headers
        assert "set-cookie" not in answer.headers
        assert answer.status_code in (200, 400, 404, 422)
        for name, value in answer.headers.items():
            assert "Injected" not in value, name
            assert "planted" not in value, name
    shown = await shared.get(f"/v1/tasks/{task_id}")
    assert shown["title"] == text, "as it was given, in JSON, which escapes it"


@pytest.mark.parametrize("given", ["a b", "x" * 65, "a;b", "ü", "<script>", "%0d%0aX: 1", ""])
async def test_an_id_of_a_request_that_is_not_plain_is_not_given_back(
    shared: ApiBench, given: str
) -> None:
    answer = await shared.ask("GET", "/v1/tasks", headers={"X-Request-ID": given.encode()})
    assert answer.headers["x-request-id"] != given
    assert answer.headers["x-request-id"].isalnum()


async def test_a_host_that_was_made_up_changes_no_answer_of_another(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    step = (await shared.ran("hello"))["jobs"][0]["steps"][0]["id"]
    path = f"/v1/task-steps/{step}/log-url"
    planted = await shared.ask("GET", path, headers={"Host": "evil.example"})
    assert planted.headers["cache-control"] == "no-store"
    assert "evil.example" not in (await shared.ask("GET", path)).text


@pytest.mark.parametrize("way", AWAY)
async def test_no_name_and_no_id_leads_out_of_the_catalog(shared: ApiBench, way: str) -> None:
    shared.runbook("hello", HELLO)
    for path in (
        f"/v1/definitions/{way}",
        f"/v1/tasks/{way}",
        f"/v1/task-steps/{way}/raw-log",
        f"/v1/task-logs/{way}",
        f"/docs/{way}",
        f"/{way}",
        f"/v1/{way}",
    ):
        answer = await shared.client.request(
            "GET", path, headers={"X-API-KEY": shared.keys["owner"]}
        )
        assert answer.status_code in (400, 404, 422), path
        assert "root:" not in answer.text
    answer = await shared.ask("POST", "/v1/tasks", json={"definition": way.replace("%00", "\0")})
    assert answer.status_code in (404, 422), answer.text
    assert "root:" not in answer.text


async def test_a_definition_is_named_by_its_name_alone(shared: ApiBench) -> None:
    """No file of the machine is a definition, whoever can write one somewhere."""
    elsewhere = shared.world.directory.path / "elsewhere.yml"
    elsewhere.write_text(f"name: elsewhere\njobs: {{main: {{{HELLO}}}}}")
    for name in (str(elsewhere), "../elsewhere", "../elsewhere.yml", "elsewhere", "elsewhere.yml"):
        answer = await shared.ask("POST", "/v1/tasks", json={"definition": name})
        assert answer.status_code in (404, 422), name
        assert (await shared.ask("GET", f"/v1/definitions/{quote(name, safe='')}")).status_code in (
            404,
            422,
        )


@pytest.mark.parametrize("form", list(LogFormat))
async def test_no_request_writes_a_line_of_its_own_into_the_log(
    shared: ApiBench, capsys: pytest.CaptureFixture[str], form: LogFormat
) -> None:
    with written(form):
        for path in ("/v1/x%0a%0dforged%20line", "/v1/x%1b%5b2Jcleared", "/v1/x%c2%9b2J"):
            await shared.ask("GET", path, headers={"X-Request-ID": b"a\x1bb"})
    said = capsys.readouterr().err
    lines = [line for line in said.splitlines() if line]
    assert sum("answered" in line for line in lines) == 3
    assert not [line for line in lines if line.startswith("forged")]
    assert "\x1b[2J" not in said
    assert "\x9b" not in said


@pytest.mark.parametrize(
    "email",
    [
        "Owner@example.com",
        " owner@example.com",
        "owner@example.com ",
        "OWNER@EXAMPLE.COM",
        "owner@\uff45xample.com",
        "\uff4fwner@example.com",
        "owner@example.com\u200b",
        "owner\u00ad@example.com",
        "owner@example.com\0",
        "owner@example.com\r\nBcc: all@example.com",
        "\u202eowner@example.com",
    ],
)
async def test_no_spelling_of_an_address_is_a_second_person(shared: ApiBench, email: str) -> None:
    body = {"email": email, "name": "Another", "role": "member"}
    answer = await shared.ask("POST", "/v1/members", json=body)
    assert answer.status_code in (409, 422), answer.text
    members = await shared.get("/v1/members?pageSize=100")
    assert sum("owner" in one["email"].lower() for one in members["items"]) == 1


@pytest.mark.parametrize("name", ["\u202eevil", "a\u0000b", "a\nb", "\u200b", "  ", "a\x1b[2J"])
async def test_no_name_turns_the_text_around_it(shared: ApiBench, name: str) -> None:
    for path, body in (
        ("/v1/members", {"email": "new@example.com", "name": name, "role": "member"}),
        ("/v1/teams", {"name": name}),
        ("/v1/projects", {"name": name}),
        ("/v1/keys", {"name": name}),
    ):
        answer = await shared.ask("POST", path, json=body)
        assert answer.status_code == 422, f"{path} {answer.text}"
