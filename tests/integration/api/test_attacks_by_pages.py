"""What a foreign page has the browser of somebody do, who is signed in here (CSRF)."""

from __future__ import annotations

import pytest

from integration.api.api_bench import ApiBench
from tasktrail.api.credentials import SESSION_COOKIE
from tasktrail.api.route import Public, Route
from tasktrail.api.route_table import ROUTES

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHANGING = [route for route in ROUTES if route.method != "GET" and route.access is not Public.YES]
FOREIGN: tuple[dict[str, str], ...] = (
    {},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "same-site"},
    {"Referer": "https://evil.example/"},
)
FORMS = (
    ("application/x-www-form-urlencoded", b"force=true&name=planted"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="name"\r\n'),
    ("text/plain", b'{"name": "planted", "force": true, "x": "="}'),
    ("application/json", b'{"name": "planted", "force": true}'),
)
"""What a page can send without asking first, and what it cannot."""


@pytest.mark.parametrize("route", CHANGING, ids=lambda route: f"{route.method} {route.path}")
async def test_no_foreign_page_changes_anything(shared: ApiBench, route: Route) -> None:
    token = await shared.session("owner")
    path = route.full_path
    for part in ("{id}", "{userId}", "{grantId}"):
        path = path.replace(part, str(shared.user_ids["member"]))
    before = (await shared.get("/v1/tasks?silent=true"))["totalCount"]
    for headers in FOREIGN:
        for kind, content in FORMS:
            answer = await shared.ask(
                route.method,
                path,
                None,
                headers={"Cookie": f"{SESSION_COOKIE}={token}", "Content-Type": kind, **headers},
                content=content,
            )
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), headers
            assert "access-control-allow-origin" not in answer.headers
    assert (await shared.get("/v1/tasks?silent=true"))["totalCount"] == before
    still = await shared.ask(
        "GET", "/v1/tasks", None, headers={"Cookie": f"{SESSION_COOKIE}={token}"}
    )
    assert still.status_code == 200, "the session is the person's, and goes on"
