"""What is administered over HTTP does what it says, and leaves a task."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integration.api.api_bench import HELLO, ApiBench

pytestmark = pytest.mark.asyncio(loop_scope="module")


def in_hours(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


async def recorded(api: ApiBench, answer: Any) -> tuple[str, str]:
    """The name of the task that records a change, and who made that."""
    assert answer["success"] is True
    task = await api.get(f"/v1/tasks/{answer['taskId']}")
    assert (task["status"], task["immediate"]) == ("done", True)
    return task["name"], task["author"]["name"]


async def asked(api: ApiBench, method: str, path: str, body: Any = None) -> Any:
    """What an owner is answered."""
    options = {"json": body} if body is not None else {}
    answer = await api.ask(method, path, **options)
    assert answer.is_success, answer.text
    return answer.json()


async def test_a_project_is_seen_by_whom_it_is_granted_until_it_is_taken_back(
    shared: ApiBench,
) -> None:
    made = await shared.post("/v1/projects", {"name": "  garden "})
    assert await recorded(shared, made) == ("project.create", "Owner")
    path = f"/v1/projects/{made['id']}"
    assert (await shared.get(path))["name"] == "garden"
    assert (await shared.ask("GET", path, "outsider")).status_code == 404
    wish = {"userId": shared.user_ids["outsider"], "role": "read"}
    granted = await asked(shared, "PUT", f"{path}/grants", wish)
    assert await recorded(shared, granted) == ("project.grant", "Owner")
    assert (await shared.get(path, "outsider"))["role"] == "read"
    again = await asked(shared, "PUT", f"{path}/grants", {**wish, "role": "admin"})
    assert again["id"] == granted["id"]
    listed = await shared.get("/v1/projects", "outsider")
    assert [(one["name"], one["role"]) for one in listed["items"]] == [("garden", "admin")]
    grants = await shared.get(f"{path}/grants", "outsider")
    assert grants["items"] == [
        {"id": granted["id"], "userId": wish["userId"], "teamId": None}
        | {"name": "Outsider", "role": "admin"}
    ]
    renamed = await shared.ask("PATCH", path, "outsider", json={"name": "park"})
    assert await recorded(shared, renamed.json()) == ("project.change", "Outsider")
    revoked = await asked(shared, "DELETE", f"{path}/grants/{granted['id']}")
    assert await recorded(shared, revoked) == ("project.revoke", "Owner")
    assert (await shared.ask("GET", path, "outsider")).status_code == 404
    assert (await shared.get("/v1/projects", "outsider"))["totalCount"] == 0


async def test_a_team_gives_its_members_what_it_was_granted(shared: ApiBench) -> None:
    project = (await shared.post("/v1/projects", {"name": "orchard"}))["id"]
    made = await shared.post("/v1/teams", {"name": "gardeners"})
    assert await recorded(shared, made) == ("team.create", "Owner")
    there = f"/v1/teams/{made['id']}"
    person = shared.user_ids["outsider"]
    await asked(
        shared, "PUT", f"/v1/projects/{project}/grants", {"teamId": made["id"], "role": "read"}
    )
    assert (await shared.ask("GET", f"/v1/projects/{project}", "outsider")).status_code == 404
    for _ in range(2):
        put = await asked(shared, "PUT", f"{there}/members/{person}")
        assert await recorded(shared, put) == ("team.change", "Owner")
    assert (await shared.get(f"/v1/projects/{project}", "outsider"))["role"] == "read"
    team = {"id": made["id"], "name": "gardeners"}
    members = [{"userId": person, "name": "Outsider"}]
    assert team | {"members": members} in (await shared.get("/v1/teams"))["items"]
    await asked(shared, "DELETE", f"{there}/members/{person}")
    assert (await shared.ask("GET", f"/v1/projects/{project}", "outsider")).status_code == 404
    absent = await shared.ask("DELETE", f"{there}/members/{person}")
    assert absent.status_code == 404
    foreign = await shared.ask("PUT", f"{there}/members/{shared.user_ids['foreign']}")
    assert foreign.status_code == 404
    await asked(shared, "PATCH", there, {"name": "foresters"})
    removed = await asked(shared, "DELETE", there)
    assert await recorded(shared, removed) == ("team.remove", "Owner")
    assert (await shared.get(f"/v1/projects/{project}/grants"))["totalCount"] == 0


async def test_an_api_key_is_shown_once_and_works_until_it_is_revoked(shared: ApiBench) -> None:
    made = await shared.post("/v1/keys", {"name": "laptop", "expiresAt": in_hours(1)}, "member")
    assert await recorded(shared, made) == ("key.create", "Member")
    headers = {"X-API-KEY": made["key"]}
    used = await shared.client.get("/v1/organizations", headers=headers)
    assert used.json()["items"][0]["role"] == "member"
    listed = await shared.ask("GET", "/v1/keys", "member")
    assert made["key"] not in listed.text
    assert made["key"].split("_", 2)[2] not in listed.text
    (key,) = [one for one in listed.json()["items"] if one["id"] == made["id"]]
    assert key["prefix"] == made["key"].split("_", 2)[2][:8]
    assert key["lastUsedAt"] is not None
    task = await shared.ask("GET", f"/v1/tasks/{made['taskId']}")
    assert made["key"].split("_", 2)[2] not in task.text
    revoked = (await shared.ask("DELETE", f"/v1/keys/{made['id']}", "member")).json()
    assert await recorded(shared, revoked) == ("key.revoke", "Member")
    again = await shared.ask("DELETE", f"/v1/keys/{made['id']}", "member")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert again.json()["detail"] == f"API key {made['id']} is revoked already"
    assert (await shared.client.get("/v1/organizations", headers=headers)).status_code == 401


async def test_a_key_of_the_robot_acts_as_the_robot(shared: ApiBench) -> None:
    made = await shared.post("/v1/keys", {"name": "ci", "kind": "robot"}, "admin")
    project = await shared.client.post(
        "/v1/projects", headers={"X-API-KEY": made["key"]}, json={"name": "made by the robot"}
    )
    assert await recorded(shared, project.json()) == ("project.create", "Robot")


async def test_closing_support_access_cancels_what_support_has_running(shared: ApiBench) -> None:
    shared.runbook("sleepy", "steps: [{run: 'sleep 60', grace: 1s}]")
    refused = await shared.ask("POST", "/v1/tasks", "support", json={"definition": "sleepy"})
    assert refused.status_code == 403
    wish = {"definitions": ["sleepy"], "reason": "it sleeps badly", "expiresAt": in_hours(1)}
    opened = await shared.post("/v1/support-grants", wish)
    assert await recorded(shared, opened) == ("support.open", "Owner")
    (grant,) = (await shared.get("/v1/support-grants", "support"))["items"]
    assert grant["openedBy"] == {"id": shared.user_ids["owner"], "name": "Owner"}
    assert (grant["definitions"], grant["closedAt"]) == (["sleepy"], None)
    task_id = await shared.submit("sleepy", "support")
    other = await shared.submit("sleepy")
    closed = await asked(shared, "DELETE", f"/v1/support-grants/{opened['id']}")
    assert await recorded(shared, closed) == ("support.close", "Owner")
    assert closed["canceledTaskIds"] == [task_id]
    assert (await shared.ended(task_id))["status"] == "canceled"
    assert (await shared.get(f"/v1/tasks/{other}"))["endedAt"] is None
    await shared.post(f"/v1/tasks/{other}/cancel", code=200)
    again = await shared.ask("DELETE", f"/v1/support-grants/{opened['id']}")
    assert again.status_code == 409
    refused = await shared.ask("POST", "/v1/tasks", "support", json={"definition": "sleepy"})
    assert refused.status_code == 403


async def test_the_last_owner_stays(shared: ApiBench) -> None:
    path = f"/v1/members/{shared.user_ids['owner']}"
    for answer in (
        await shared.ask("PATCH", path, json={"role": "member"}),
        await shared.ask("DELETE", path),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/v1/members", {"email": "x", "name": "X", "role": "member"}, "email"),
        ("POST", "/v1/members", {"email": "x@y.z", "name": " ", "role": "member"}, "name"),
        ("POST", "/v1/members", {"email": "x@y.z", "name": "X", "role": "god"}, "role"),
        (
            "POST",
            "/v1/members",
            {"email": "x@y.z", "name": "X", "role": "member", "staff": True},
            "staff",
        ),
        ("POST", "/v1/teams", {"name": "a\u0007b"}, "name"),
        ("POST", "/v1/projects", {"name": "x" * 201}, "name"),
        ("POST", "/v1/projects", {"name": "x", "organizationId": 2}, "organizationId"),
        ("POST", "/v1/keys", {"name": "x", "kind": "superadmin"}, "kind"),
        ("POST", "/v1/keys", {"name": "x", "userId": 1}, "userId"),
        ("POST", "/v1/keys", {"name": "x", "expiresAt": in_hours(-1)}, "expiresAt"),
        (
            "POST",
            "/v1/support-grants",
            {"definitions": [], "reason": "x", "expiresAt": in_hours(1)},
            "definitions",
        ),
        (
            "POST",
            "/v1/support-grants",
            {"definitions": ["a"], "reason": "x", "expiresAt": in_hours(24 * 31)},
            "expiresAt",
        ),
        (
            "POST",
            "/v1/support-grants",
            {"definitions": ["no-such-thing"], "reason": "x", "expiresAt": in_hours(1)},
            "definitions",
        ),
        ("PUT", "/v1/projects/1/grants", {"role": "read"}, "userId"),
        ("PUT", "/v1/projects/1/grants", {"role": "read", "userId": 987654}, "userId"),
        ("PUT", "/v1/projects/1/grants", {"role": "owner", "userId": 1}, "role"),
        ("PATCH", "/v1/organizations/1", {"id": 7}, "id"),
    ],
)
async def test_what_is_wrong_is_named(
    shared: ApiBench, method: str, path: str, body: Any, field: str
) -> None:
    answer = await shared.ask(method, path, json=body)
    assert answer.status_code == 422, answer.text
    assert field in [one["field"] for one in answer.json()["errors"]]


async def test_names_that_are_taken_are_told(shared: ApiBench) -> None:
    for path in ("/v1/teams", "/v1/projects"):
        await shared.post(path, {"name": "taken"})
        answer = await shared.ask("POST", path, json={"name": "taken"})
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_an_idempotency_key_of_somebody_else_is_another_key(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    wish = {"definition": "hello", "projectIds": [shared.project_id]}
    headers = {"Idempotency-Key": "0190b7a4-deploy"}

    async def submitted(role: str, key: str | None = None) -> int:
        own = headers if key is None else headers | {"X-API-KEY": key}
        answer = await shared.ask(
            "POST", "/v1/tasks", role if key is None else None, headers=own, json=wish
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["taskId"]

    mine = await submitted("member")
    assert await submitted("member") == mine
    second = (await shared.post("/v1/keys", {"name": "second"}, "member"))["key"]
    assert await submitted("member", second) == mine, "the key belongs to the person"
    assert await submitted("owner") != mine
    other = await shared.ask(
        "POST", "/v1/tasks", "member", headers=headers, json={**wish, "force": True}
    )
    assert other.status_code == 409
