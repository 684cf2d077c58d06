"""The shape of tasks, field by field (rest-contract.md, "Tasks")."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from integration.api.api_bench import ApiBench

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPTIONAL_INT = (int, type(None))
OPTIONAL_TIME = (datetime, type(None))

TASK: dict[str, Any] = {
    "id": int,
    "name": str,
    "title": str,
    "executionScope": {"user", "org", "project", "legacy_unknown"},
    "status": str,
    "progress": int,
    "silent": bool,
    "system": bool,
    "userId": int,
    "user": {"id": int, "name": str},
    "orgId": OPTIONAL_INT,
    "projectIds": [int],
    "appId": OPTIONAL_INT,
    "appInstanceId": OPTIONAL_INT,
    "clusterId": OPTIONAL_INT,
    "integrationId": OPTIONAL_INT,
    "serviceId": OPTIONAL_INT,
    "stackId": OPTIONAL_INT,
    "providerId": OPTIONAL_INT,
    "originTaskId": OPTIONAL_INT,
    "spawnedTaskIds": [int],
    "repeatedTaskId": OPTIONAL_INT,
    "createdAt": datetime,
    "updatedAt": datetime,
    "startedAt": OPTIONAL_TIME,
    "endedAt": OPTIONAL_TIME,
    "resources": [{"kind": str, "id": (int, str)}],
    "author": {"kind": str, "id": OPTIONAL_INT, "name": str, "role": (str, type(None))},
    "forced": bool,
    "immediate": bool,
    "rerunnable": {"failed", "always", "never"},
    "timeout": int,
    "projects": [{"id": int, "title": str}],
}
JOB: dict[str, Any] = {
    "id": int,
    "name": str,
    "title": str,
    "status": str,
    "after": [str],
    "timeout": int,
    "isSystem": bool,
    "system": bool,
    "statusTitle": str,
    "createdAt": datetime,
    "updatedAt": datetime,
    "startedAt": OPTIONAL_TIME,
    "endedAt": OPTIONAL_TIME,
}
STEP: dict[str, Any] = {
    "id": int,
    "position": int,
    "name": str,
    "status": str,
    "logStatus": {"persisted", "empty", "pending"},
    "isSystem": bool,
    "system": bool,
    "startedAt": OPTIONAL_TIME,
    "endedAt": OPTIONAL_TIME,
    "exitCode": OPTIONAL_INT,
    "logBytes": int,
    "logLines": int,
}

TWO_JOBS = """
title: Build {{ inputs.version }}
inputs: {version: string, token: {type: secret, required: false}}
projects: [shop]
resources: [{kind: app, id: 7}, {kind: cluster, id: west}, {kind: database, id: 9}]
timeout: 90m
jobs:
  build: {steps: [{run: echo built}, {run: 'true', name: Quiet}]}
  test: {after: [build], timeout: 1500ms, steps: [{run: echo tested}]}
"""


ERRING = """
jobs:
  main:
    steps:
      - {name: Goes well, run: 'true'}
      - {name: Warns, run: 'exit 1', allow_failure: true}
      - {name: Crashes, run: 'kill -9 $$'}
      - {name: Never runs, run: 'true'}
"""
RAISING = """
jobs: {main: {steps: [{name: Raises what no user did, python: 'asyncio:get_running_loop'}]}}
"""


def fits(value: Any, shape: Any, where: str) -> None:
    """Fail unless the value has exactly these types; a bool is no int."""
    if isinstance(shape, dict):
        for name, inner in shape.items():
            assert name in value, f"{where}.{name} is missing"
            fits(value[name], inner, f"{where}.{name}")
    elif isinstance(shape, list):
        assert type(value) is list, where
        for one in value:
            fits(one, shape[0], f"{where}[]")
    elif isinstance(shape, set):
        assert value in shape, where
    else:
        kinds = shape if isinstance(shape, tuple) else (shape,)
        if datetime in kinds and isinstance(value, str):
            assert value.endswith("Z"), where
            assert datetime.fromisoformat(value).tzinfo is not None, where
        else:
            assert type(value) in kinds, f"{where} is {value!r}"


async def test_a_task_has_every_field_of_the_contract_in_its_type(shared: ApiBench) -> None:
    shared.runbook("two", TWO_JOBS)
    task = await shared.ran("two", inputs={"version": "1.4.2", "token": "hunter2-hunter2"})
    fits(task, TASK, "task")
    for job in task["jobs"]:
        fits(job, JOB, f"job {job['name']}")
        for position, step in enumerate(job["steps"], 1):
            fits(step, STEP, f"step {step['name']}")
            assert step["position"] == position
            assert step["isSystem"] == step["system"]
    build, test = task["jobs"]
    assert (task["title"], task["name"]) == ("Build 1.4.2", "two")
    assert (task["status"], task["progress"]) == ("done", 100)
    assert (task["executionScope"], task["projectIds"]) == ("project", [shared.project_id])
    assert (task["appId"], task["clusterId"]) == (7, None)
    assert {"kind": "cluster", "id": "west"} in task["resources"]
    assert {"kind": "database", "id": 9} in task["resources"]
    assert (build["timeout"], test["timeout"], task["timeout"]) == (5400, 2, 5400)
    assert (build["after"], test["after"]) == ([], ["build"])
    assert (build["statusTitle"], build["status"]) == ("done", "done")
    assert [step["logStatus"] for step in build["steps"]] == ["persisted", "empty"]
    assert task["inputs"] == {"version": "1.4.2", "token": "********"}
    assert task["author"]["kind"] == "user"
    assert task["author"]["role"] == "owner"
    assert task["user"] == {"id": task["userId"], "name": task["author"]["name"]}


async def test_a_step_says_whether_its_error_was_of_the_user_or_of_the_system(
    shared: ApiBench,
) -> None:
    shared.runbook("erring", ERRING)
    shared.runbook("raising", RAISING)
    for name, classes in (("erring", [None, "user", "user", None]), ("raising", ["system"])):
        task = await shared.ran(name, "superadmin")
        (job,) = task["jobs"]
        assert [one["errorClass"] for one in job["steps"] if not one["system"]] == classes


async def test_a_list_has_what_the_contract_says_and_nothing_that_is_taken_for_a_task(
    shared: ApiBench,
) -> None:
    shared.runbook("listed", "steps: [{run: 'true'}]")
    for _ in range(3):
        await shared.ran("listed")
    page = await shared.get("/v1/tasks?names=listed&pageSize=2")
    assert set(page) == {"items", "treeItems", "treeTruncated", "totalCount", "nextPage"}
    assert (page["treeItems"], page["treeTruncated"]) == (None, False)
    assert (page["totalCount"], page["nextPage"], len(page["items"])) == (3, 2, 2)
    fits(page["items"], [TASK], "items")
    last = await shared.get("/v1/tasks?names=listed&pageSize=2&page=2")
    assert (last["nextPage"], len(last["items"])) == (None, 1)
    beyond = await shared.get("/v1/tasks?names=listed&pageSize=2&page=9")
    assert (beyond["items"], beyond["nextPage"], beyond["totalCount"]) == ([], None, 3)


async def test_the_robot_and_superadmin_are_authors_without_a_person(shared: ApiBench) -> None:
    shared.runbook("automated", "steps: [{run: 'true'}]")
    for role in ("robot", "superadmin"):
        task = await shared.ran("automated", role)
        assert task["author"] == {"kind": role, "id": None, "name": role.title(), "role": None}
        assert task["user"] == {"id": 0, "name": role.title()}
        assert task["userId"] == 0


async def test_a_task_of_the_organization_links_no_project(shared: ApiBench) -> None:
    shared.runbook("plain", "steps: [{run: 'true'}]")
    task = await shared.ran("plain")
    assert (task["executionScope"], task["projectIds"], task["orgId"]) == (
        "org",
        [],
        shared.organization_id,
    )


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=x",
        "pageSize=0",
        "pageSize=101",
        "pageSize=1.5",
        "page=99999999999999999999",
        "view=graph",
        "scope=mine",
        "statuses=gone",
        "projectIds=1,x",
        "orgId=0",
    ],
)
async def test_a_filter_that_cannot_be_is_refused_and_named(shared: ApiBench, query: str) -> None:
    answer = await shared.ask("GET", f"/v1/tasks?{query}")
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "invalid_input"
    assert problem["errors"][0]["field"] == query.partition("=")[0]


async def test_the_id_of_another_organization_is_that_of_none(shared: ApiBench) -> None:
    own, other = shared.organization_id, shared.foreign_organization_id
    assert (await shared.ask("GET", f"/v1/tasks?orgId={own}")).status_code == 200
    refused = await shared.ask("GET", f"/v1/tasks?orgId={other}")
    nowhere = await shared.ask("GET", "/v1/tasks?orgId=4711")
    assert (refused.status_code, nowhere.status_code) == (404, 404)
    assert refused.json()["message"].replace(str(other), "4711") == nowhere.json()["message"]
