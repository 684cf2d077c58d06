"""Ids of what is somebody else's, in every place that takes an id.

What may not be seen is answered exactly as what is not there: nobody learns which ids exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from integration.api.api_bench import HELLO, ApiBench
from tasktrail.model.access import ProjectRole

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTHING = 987654321


@dataclass(frozen=True)
class Hidden:
    """What the member who asks may not see: in another project and in another organization."""

    project: int
    foreign_project: int
    task: dict[str, Any]
    foreign_task: dict[str, Any]
    user: int
    team: int

    @property
    def tasks(self) -> list[int]:
        return [self.task["id"], self.foreign_task["id"]]


@pytest.fixture(scope="module")
def kept() -> dict[str, Hidden]:
    return {}


async def hidden(api: ApiBench, kept: dict[str, Hidden]) -> Hidden:
    if "hidden" not in kept:
        api.runbook("hello", f"rerunnable: always\njobs: {{main: {{{HELLO}}}}}")
        people, there = api.people, api.foreign_organization_id
        project = await people.project(api.organization_id, name="secret")
        foreign_project = await people.project(there, name="theirs")
        kept["hidden"] = Hidden(
            project,
            foreign_project,
            await api.ran("hello", projectIds=[project]),
            await api.ran("hello", "foreign", projectIds=[foreign_project]),
            api.user_ids["foreign"],
            await people.team(there, api.user_ids["foreign"], name="theirs"),
        )
    return kept["hidden"]


def shape(answer: Any) -> tuple[int, str]:
    """An answer without the numbers in it."""
    return answer.status_code, re.sub(r"[0-9]+", "N", answer.text)


async def same(
    api: ApiBench, role: str, method: str, paths: tuple[str, str], bodies: Any = (None, None)
) -> int:
    """The status of an answer about what is hidden, which is the one about what is not there."""
    found = []
    for path, body in zip(paths, bodies, strict=True):
        options = {} if body is None else {"json": body}
        found.append(shape(await api.ask(method, path, role, **options)))
    assert found[0] == found[1], paths
    return found[0][0]


async def test_no_filter_finds_by_what_is_hidden(shared: ApiBench, kept: dict[str, Hidden]) -> None:
    there = await hidden(shared, kept)
    both = await shared.ran("hello", projectIds=[shared.project_id, there.project])
    again = await shared.post(f"/v1/tasks/{there.task['id']}/repeat", {"force": False})
    await shared.ended(again["taskId"])
    listed = await shared.get("/v1/tasks?names=hello", "member")
    (seen,) = [task for task in listed["items"] if task["id"] == both["id"]]
    assert seen["projectIds"] == [shared.project_id]
    assert "secret" not in str(seen)
    for name, ids in (
        ("originTaskId", there.tasks),
        ("repeatedTaskId", there.tasks),
        ("projectIds", [there.project, there.foreign_project]),
        ("appId", [there.foreign_project]),
    ):
        for one in ids:
            for view in ("flat", "tree"):
                query = f"/v1/tasks?view={view}&silent=true&{name}="
                assert (
                    await same(shared, "member", "GET", (f"{query}{one}", f"{query}{NOTHING}"))
                    == 200
                )
                found = await shared.get(f"{query}{one}", "member")
                assert (found["items"], found["totalCount"]) == ([], 0)


async def test_no_id_in_a_path_tells_that_it_exists(
    shared: ApiBench, kept: dict[str, Hidden]
) -> None:
    there = await hidden(shared, kept)
    for task in (there.task, there.foreign_task):
        step = task["jobs"][0]["steps"][0]["id"]
        for method, path, body in (
            ("GET", "/v1/tasks/{}", None),
            ("GET", "/v1/tasks/{}/events", None),
            ("GET", "/v1/tasks/{}/stream", None),
            ("GET", "/v1/tasks/{}/stream?logs=none", None),
            ("GET", "/v1/tasks/{}/logs/search?q=a", None),
            ("POST", "/v1/tasks/{}/cancel", None),
            ("POST", "/v1/tasks/{}/cancel?force=true", None),
            ("POST", "/v1/tasks/{}/repeat", {"force": True}),
        ):
            paths = path.format(task["id"]), path.format(NOTHING)
            assert await same(shared, "member", method, paths, (body, body)) == 404
        for end in ("logs", "logs?delivery=url", "log-url", "log", "log?attempt=9", "raw-log"):
            paths = f"/v1/task-steps/{step}/{end}", f"/v1/task-steps/{NOTHING}/{end}"
            assert await same(shared, "member", "GET", paths) == 404


async def test_a_step_of_another_task_is_none_of_this_one(
    shared: ApiBench, kept: dict[str, Hidden]
) -> None:
    """A child is looked up under its parent, whoever asks."""
    there = await hidden(shared, kept)
    own = await shared.ran("hello", projectIds=[shared.project_id])
    for role in ("member", "owner"):
        for task in (there.task, there.foreign_task):
            step = task["jobs"][0]["steps"][0]["id"]
            path = f"/v1/tasks/{own['id']}/stream?stepId="
            assert await same(shared, role, "GET", (f"{path}{step}", f"{path}{NOTHING}")) == 404


async def test_what_is_submitted_names_no_hidden_project(
    shared: ApiBench, kept: dict[str, Hidden]
) -> None:
    there = await hidden(shared, kept)
    for role in ("member", "owner"):
        for one in (there.project, there.foreign_project):
            if role == "owner" and one == there.project:
                continue
            for wish in ({"definition": "hello"}, {"immediate": True, "name": "n", "title": "t"}):
                bodies = [{**wish, "projectIds": [p]} for p in (one, NOTHING)]
                paths = "/v1/tasks", "/v1/tasks"
                assert await same(shared, role, "POST", paths, bodies) == 422
                mixed = {**wish, "projectIds": [shared.project_id, one]}
                assert (await shared.ask("POST", "/v1/tasks", role, json=mixed)).status_code == 422


async def test_nobody_of_another_organization_is_let_in_by_id(
    shared: ApiBench, kept: dict[str, Hidden]
) -> None:
    there = await hidden(shared, kept)
    project, user, team = shared.project_id, there.user, there.team
    own = await shared.people.team(shared.organization_id, name="own")
    foreign_grant = await shared.people.grant(there.foreign_project, ProjectRole.READ, user_id=user)
    grants = f"/v1/projects/{project}/grants"
    for method, path, body, status in (
        ("PUT", grants, {"userId": (user, NOTHING), "role": "read"}, 422),
        ("PUT", grants, {"teamId": (team, NOTHING), "role": "read"}, 422),
        ("PUT", "/v1/projects/{}/grants", {"userId": there.user, "role": "read"}, 404),
    ):
        bodies = [
            {key: one[n] if isinstance(one, tuple) else one for key, one in body.items()}
            for n in (0, 1)
        ]
        paths = path.format(there.foreign_project), path.format(NOTHING)
        assert await same(shared, "owner", method, paths, bodies) == status, (path, body)
    for method, path, hidden_id in (
        ("DELETE", grants + "/{}", foreign_grant),
        ("PUT", f"/v1/teams/{own}/members/{{}}", user),
        ("DELETE", f"/v1/teams/{own}/members/{{}}", user),
        ("DELETE", "/v1/teams/{}", team),
        ("DELETE", "/v1/members/{}", user),
        ("POST", "/v1/members/{}/link", user),
        ("GET", "/v1/projects/{}", there.foreign_project),
        ("GET", "/v1/organizations/{}", shared.foreign_organization_id),
        ("DELETE", "/v1/keys/{}", int(shared.keys["foreign"].split("_")[1])),
    ):
        paths = path.format(hidden_id), path.format(NOTHING)
        assert await same(shared, "owner", method, paths) == 404, path
    assert (await shared.get("/v1/tasks", "foreign"))["totalCount"] > 0, "nothing was taken away"


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "-1",
        "1e3",
        "0x1",
        "\u0661",
        "1_0",
        "9" * 19,
        "9" * 4000,
        "null",
        "1;2",
    ],
)
async def test_what_is_no_id_is_none_anywhere(shared: ApiBench, text: str) -> None:
    for path in (f"/v1/tasks/{text}", f"/v1/task-steps/{text}/raw-log", f"/v1/tasks/{text}/stream"):
        answer = await shared.ask("GET", path)
        assert answer.status_code in (404, 422), path
    for name in ("orgId", "originTaskId", "projectIds"):
        answer = await shared.ask("GET", "/v1/tasks", params={name: text.strip() or "x"})
        assert answer.status_code in (200, 404, 422)
        if answer.status_code == 200:
            assert text.strip().isdecimal(), name
