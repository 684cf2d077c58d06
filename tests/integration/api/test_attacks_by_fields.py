"""Fields that a request does not have, and changes that somebody may not make (mass assignment)."""

from __future__ import annotations

from typing import Any

import pytest

from integration.api.api_bench import HELLO, ApiBench
from tasktrail.api.route_table import ROUTES
from tasktrail.model.permission import Permission

pytestmark = pytest.mark.asyncio(loop_scope="module")

RECORD = {"immediate": True, "name": "note", "title": "noted"}

UNASKED: dict[str, Any] = {
    "id": 1,
    "author": {"kind": "superadmin", "name": "Root"},
    "userId": 1,
    "authorId": 1,
    "orgId": 2,
    "organizationId": 2,
    "organization_id": 2,
    "role": "owner",
    "status": "done",
    "isSystem": True,
    "system": True,
    "originTaskId": 1,
    "origin": {"taskId": 1, "stepId": 1, "key": "k"},
    "repeatedTaskId": 1,
    "stepId": 1,
    "createdAt": "2020-01-01T00:00:00Z",
    "endedAt": "2020-01-01T00:00:00Z",
    "support": True,
    "secrets": {},
    "staff": True,
    "passwordHash": "x",
    "password_hash": "x",
    "digest": "x",
    "disabledAt": None,
    "__class__": "x",
    "__proto__": {"role": "owner"},
    "constructor": {"prototype": {}},
}
"""Fields that somebody would like to set."""

BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/v1/tasks"): RECORD,
    ("POST", "/v1/session"): {"email": "owner@example.com", "password": "wrong words here"},
    ("POST", "/v1/session/link"): {"token": "x" * 43},
    ("POST", "/v1/session/link/look"): {"token": "x" * 43},
    ("PUT", "/v1/session/password"): {"before": "wrong words here", "after": "other words here"},
    ("PATCH", "/v1/organizations/{id}"): {"supportDefault": True},
    ("POST", "/v1/members"): {"email": "m@example.com", "name": "M"},
    ("PATCH", "/v1/members/{userId}"): {},
    ("POST", "/v1/teams"): {"name": "team"},
    ("PATCH", "/v1/teams/{id}"): {"name": "team"},
    ("POST", "/v1/projects"): {"name": "project"},
    ("PATCH", "/v1/projects/{id}"): {"name": "project"},
    ("PUT", "/v1/projects/{id}/grants"): {},
    ("POST", "/v1/keys"): {"name": "key"},
    ("POST", "/v1/worker-keys"): {"pool": "eu-1"},
    ("POST", "/v1/support-grants"): {"definitions": ["a"], "reason": "because"},
}
"""What each route takes, without the fields that are in `UNASKED` as well."""

IGNORING = {("POST", "/v1/tasks/{id}/repeat")}
"""What takes fields that it does not know, as the contract does, and leaves them alone."""

WITHOUT_BODY = {
    ("POST", "/v1/tasks/{id}/cancel"),
    ("POST", "/v1/members/{userId}/link"),
    ("PUT", "/v1/teams/{id}/members/{userId}"),
}
OWN_FIELDS = {
    ("POST", "/v1/members"): {"role"},
    ("PATCH", "/v1/members/{userId}"): {"role"},
    ("PUT", "/v1/projects/{id}/grants"): {"role", "userId"},
}


async def test_every_route_that_takes_a_body_is_attacked() -> None:
    changing = {
        (route.method, route.full_path)
        for route in ROUTES
        if route.method in ("POST", "PUT", "PATCH") and route.access is not Permission.WORK
    }
    assert changing == BODIES.keys() | WITHOUT_BODY | IGNORING


@pytest.mark.parametrize(("method", "path"), list(BODIES))
async def test_no_field_is_taken_that_a_request_does_not_have(
    shared: ApiBench, method: str, path: str
) -> None:
    before = (await shared.get("/v1/tasks?silent=true"))["totalCount"]
    here = path.replace("{id}", "1").replace("{userId}", str(shared.user_ids["member"]))
    taken: list[str] = []
    for field, value in UNASKED.items():
        if field in OWN_FIELDS.get((method, path), ()):
            continue
        body = {**BODIES[method, path], field: value}
        answer = await shared.ask(method, here, "owner", json=body)
        if answer.status_code != 422:
            taken.append(field)
        else:
            assert field in [one["field"].rpartition(".")[2] for one in answer.json()["errors"]]
    assert not taken
    assert (await shared.get("/v1/tasks?silent=true"))["totalCount"] == before


async def test_nobody_has_a_change_recorded_that_is_not_theirs_to_make(shared: ApiBench) -> None:
    before = (await shared.get("/v1/tasks?silent=true"))["totalCount"]
    here = f"/v1/organizations/{shared.organization_id}"
    for role in ("member", "reader", "outsider", "support", "robot"):
        for body in ({}, {"name": None}, {"supportDefault": None}, {"supportDefault": True}):
            answer = await shared.ask("PATCH", here, role, json=body)
            assert answer.status_code == 403, f"{role} {body} {answer.text}"
    assert (await shared.get("/v1/tasks?silent=true"))["totalCount"] == before


async def test_a_rerun_leaves_fields_alone_that_it_does_not_have(shared: ApiBench) -> None:
    shared.runbook("again", f"rerunnable: always\njobs: {{main: {{{HELLO}}}}}")
    task = await shared.ran("again", projectIds=[shared.project_id])
    body = UNASKED | {"force": False, "projectIds": [], "inputs": {"a": 1}, "forced": True}
    new = (await shared.post(f"/v1/tasks/{task['id']}/repeat", body, "member"))["taskId"]
    assert new != UNASKED["id"]
    again = await shared.ended(new)
    assert again["author"]["id"] == shared.user_ids["member"]
    assert (again["author"]["kind"], again["author"]["role"]) == ("user", "member")
    assert again["orgId"] == shared.organization_id
    assert again["projectIds"] == [shared.project_id]
    assert (again["originTaskId"], again["repeatedTaskId"]) == (None, task["id"])
    assert (again["system"], again["forced"], again["inputs"]) == (False, False, {})
    assert again["createdAt"] > task["createdAt"]


async def test_a_query_sets_no_field_of_what_is_recorded(shared: ApiBench) -> None:
    before = (await shared.get("/v1/tasks?silent=true"))["totalCount"]
    fields = "author=superadmin&userId=1&role=owner&status=failed&isSystem=true&originTaskId=1"
    for query in (fields, *fields.split("&")):
        refused = await shared.ask("POST", f"/v1/tasks?{query}", "admin", json=RECORD)
        assert (refused.status_code, refused.json()["code"]) == (400, "unknown_parameter")
    assert (await shared.get("/v1/tasks?silent=true"))["totalCount"] == before
    task = await shared.get(
        f"/v1/tasks/{(await shared.post('/v1/tasks', RECORD, 'admin'))['taskId']}"
    )
    assert (task["author"]["id"], task["author"]["role"]) == (shared.user_ids["admin"], "admin")
