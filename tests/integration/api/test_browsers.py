"""What browsers are told, and what a foreign page cannot have them do."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest

from integration.api.api_bench import HELLO, ApiBench, api_bench
from tasktrail.api.app import build_app
from tasktrail.api.credentials import SESSION_COOKIE
from tasktrail.bootstrap import http_services

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def with_session(
    api: ApiBench, method: str, path: str, role: str = "owner", **headers: str
) -> httpx2.Response:
    """Ask as a browser does that is signed in."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    cookie = {"Cookie": f"{SESSION_COOKIE}={await api.session(role)}"}
    return await api.ask(method, path, None, headers={**names, **cookie})


@pytest.mark.parametrize(
    "path", ["/v1/tasks", "/v1/tasks/x", "/nowhere", "/docs", "/v1/openapi.json"]
)
async def test_every_answer_has_the_headers_that_bind_a_browser(
    shared: ApiBench, path: str
) -> None:
    headers = (await shared.ask("GET", path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "server" not in headers
    assert "strict-transport-security" not in headers  # there is no TLS here


async def test_what_is_answered_to_somebody_is_not_kept_on_the_way(shared: ApiBench) -> None:
    assert (await shared.ask("GET", "/v1/tasks")).headers["cache-control"] == "no-store"


async def test_a_session_looks_and_changes_from_the_pages_of_this_server_alone(
    shared: ApiBench,
) -> None:
    shared.runbook("sleepy", "steps: [{run: 'sleep 60', grace: 1s}]")
    own = shared.server.url
    assert (await with_session(shared, "GET", "/v1/tasks")).status_code == 200
    task_id = await shared.submit("sleepy")
    path = f"/v1/tasks/{task_id}/cancel"
    for headers in (
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": own.replace("127.0.0.1", "localhost")},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "same-origin", "Origin": "https://evil.example"},
        {"Sec_Fetch_Site": "cross-site", "Origin": own},
        {"Referer": f"{own}/docs"},
    ):
        answer = await with_session(shared, "POST", path, **headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), headers
    assert (await shared.get(f"/v1/tasks/{task_id}"))["cancel"] is None
    assert (await with_session(shared, "POST", path, Origin=own)).status_code == 200
    again = await shared.submit("sleepy")
    answer = await with_session(
        shared, "POST", f"/v1/tasks/{again}/cancel", Sec_Fetch_Site="same-origin"
    )
    assert answer.status_code == 200


async def test_a_session_acts_with_the_rights_of_its_person(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    task = await shared.ran("hello", projectIds=[shared.project_id])
    path = f"/v1/tasks/{task['id']}"
    for role, status in (("member", 200), ("reader", 200), ("outsider", 404), ("foreign", 404)):
        assert (await with_session(shared, "GET", path, role)).status_code == status
    other = f"/v1/tasks?orgId={shared.foreign_organization_id}"
    assert (await with_session(shared, "GET", other, "owner")).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "../..", "a" * 5000, "é"])
async def test_a_session_that_there_is_not_is_nobodys(shared: ApiBench, token: str) -> None:
    answer = await shared.ask(
        "GET", "/v1/tasks", None, headers={"Cookie": f"{SESSION_COOKIE}={token}".encode()}
    )
    assert answer.status_code == 401


class _Addresses(HTMLParser):
    """Gathers every address of a page, and what would run or style by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "style", "iframe", "img", "object")
        for name, value in attrs:
            assert not name.startswith("on")
            assert name != "style"
            if name in ("href", "src", "action"):
                self.found.append(value or "")


async def test_the_page_of_the_api_needs_no_foreign_host_and_no_script(shared: ApiBench) -> None:
    page = await shared.ask("GET", "/docs", None)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    addresses = _Addresses()
    addresses.feed(page.text)
    assert all(one.startswith(("#", "/docs/", "/v1/")) for one in addresses.found), addresses.found
    for one in addresses.found:
        if one.startswith("#"):
            assert f"id='{one[1:]}'" in page.text
        else:
            assert (await shared.ask("GET", one, None)).status_code == 200
    document = await shared.get("/v1/openapi.json", None)
    for path in document["paths"]:
        assert path in page.text
    assert not re.search(r"https?://(?!tasktrail\.example\.com|json-schema\.org|shop)", page.text)


async def test_tls_is_asked_for_where_there_is_tls(tmp_path: Path) -> None:
    async with api_bench(tmp_path) as api:
        # The application itself: a certificate would change nothing of what it sees.
        transport = httpx2.ASGITransport(build_app(http_services(api.world)))
        async with httpx2.AsyncClient(transport=transport) as client:
            secure = await client.get("https://tasktrail.example.com/docs")
            plain = await client.get("http://tasktrail.example.com/docs")
    assert secure.headers["strict-transport-security"].startswith("max-age=31536000")
    assert "strict-transport-security" not in plain.headers
