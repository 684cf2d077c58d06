"""Making tasks through the API: `POST /tasks` and `POST /tasks/{id}/repeat`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from integration.api.api_bench import HELLO, ApiBench

pytestmark = pytest.mark.asyncio(loop_scope="module")

TYPED = """
inputs:
  version: {type: string, pattern: '\\d+\\.\\d+'}
  nodes: {type: integer}
  ratio: {type: number, default: 0.5}
  fast: {type: boolean, default: false}
  where: {type: choice, choices: [east, west]}
  token: {type: secret, required: false}
jobs:
  main: {steps: [{run: 'echo "$INPUT_VERSION $INPUT_NODES $INPUT_RATIO $INPUT_FAST"'}]}
"""
GOOD = {"version": "1.4", "nodes": 3, "where": "west"}


async def test_typed_inputs_reach_the_task(shared: ApiBench) -> None:
    shared.runbook("typed", TYPED)
    task = await shared.ran("typed", inputs={**GOOD, "ratio": 1.5, "fast": True})
    step = task["jobs"][0]["steps"][0]["id"]
    logs = await shared.get(f"/v1/task-steps/{step}/logs?delivery=inline")
    assert [line["message"] for line in logs["lines"]] == ["1.4 3 1.5 true"]
    assert task["inputs"]["nodes"] == 3


async def test_a_changed_file_counts_for_new_tasks_and_running_ones_keep_their_plan(
    shared: ApiBench, tmp_path: Path
) -> None:
    begun, go_on = tmp_path / "begun", tmp_path / "go-on"
    first = f"touch {begun}; while [ ! -e {go_on} ]; do sleep 0.05; done"
    steps = f"[{{name: Wait, run: '{first}'}}, {{name: Old, run: 'echo old'}}]"
    shared.runbook("moving", f"rerunnable: always\njobs: {{main: {{steps: {steps}}}}}")
    running = await shared.submit("moving")
    with shared.world.installation.bulletin.changes_of(running) as changed:
        while (await shared.get(f"/v1/tasks/{running}"))["status"] != "in_progress":
            await changed.wait()
            changed.clear()
    shared.runbook("moving", "title: Moved\njobs: {other: {steps: [{name: New, run: 'echo new'}]}}")
    definition = await shared.get("/v1/definitions/moving")
    assert [job["name"] for job in definition["jobs"]] == ["other"]
    after_it = await shared.ran("moving")
    assert [step["name"] for step in _own_steps(after_it)] == ["New"]
    go_on.touch()
    ended = await shared.ended(running)
    assert ended["status"] == "done"
    assert [step["name"] for step in _own_steps(ended)] == ["Wait", "Old"]
    step = _own_steps(ended)[1]["id"]
    logs = await shared.get(f"/v1/task-steps/{step}/logs?delivery=inline")
    assert [line["message"] for line in logs["lines"]] == ["old"]
    again = await shared.post(f"/v1/tasks/{running}/repeat", {"force": False})
    assert [step["name"] for step in _own_steps(await shared.ended(again["taskId"]))] == [
        "Wait",
        "Old",
    ], "what is run again is what was run"


def _own_steps(task: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in task["jobs"] for step in job["steps"]]


async def test_every_wrong_input_is_named_at_once(shared: ApiBench) -> None:
    shared.runbook("typed", TYPED)
    wrong = {"version": "x", "nodes": "many", "where": "north", "fast": "perhaps", "colour": "red"}
    answer = await shared.post("/v1/tasks", {"definition": "typed", "inputs": wrong}, code=422)
    assert answer["code"] == "invalid_input"
    assert {one["field"] for one in answer["errors"]} == set(wrong)
    missing = await shared.post("/v1/tasks", {"definition": "typed"}, code=422)
    assert {one["field"] for one in missing["errors"]} == {"version", "nodes", "where"}


async def test_the_schema_of_inputs_says_what_is_accepted(shared: ApiBench) -> None:
    shared.runbook("typed", TYPED)
    definition = await shared.get("/v1/definitions/typed")
    schema = definition["inputSchema"]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["required"] == ["version", "nodes", "where"]
    assert schema["additionalProperties"] is False
    properties = schema["properties"]
    assert properties["version"] == {"type": "string", "pattern": r"^(?:\d+\.\d+)$"}
    assert properties["nodes"]["type"] == "integer"
    assert properties["ratio"] == {"type": ["number", "null"], "default": 0.5}
    assert properties["where"] == {"type": "string", "enum": ["east", "west"]}
    assert properties["token"]["format"] == "password"
    assert "default" not in properties["token"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "definition"),
        ({"definition": ""}, "definition"),
        ({"definition": 7}, "definition"),
        ({"definition": "hello", "inputs": {"a": [1]}}, "inputs"),
        ({"definition": "hello", "force": "yes"}, "force"),
        ({"definition": "hello", "projectIds": ["3"]}, "projectIds"),
        ({"definition": "hello", "projectIds": [999]}, "projectIds"),
        ({"definition": "hello", "notBefore": "tomorrow"}, "notBefore"),
        ({"definition": "hello", "notBefore": "2030-01-01T00:00:00"}, "notBefore"),
        ({"definition": "hello", "author": {"kind": "robot"}}, "author"),
        ({"definition": "hello", "orgId": 2}, "orgId"),
        ({"definition": "hello", "originTaskId": 1}, "originTaskId"),
        ({"immediate": True, "name": "note"}, "title"),
        ({"immediate": True, "name": " ", "title": "x"}, "name"),
        ({"immediate": True, "name": "a\0", "title": "x"}, "name"),
        ({"immediate": True, "name": "a", "title": "x", "status": "failed"}, "status"),
        ({"immediate": False, "name": "a", "title": "x"}, "definition"),
        ([], "body"),
        ("x", "body"),
        (None, "body"),
    ],
)
async def test_a_body_that_does_not_fit_is_refused_and_what_is_wrong_named(
    shared: ApiBench, body: Any, field: str
) -> None:
    shared.runbook("hello", HELLO)
    before = (await shared.get("/v1/tasks?silent=true"))["totalCount"]
    answer = await shared.post("/v1/tasks", body, code=422)
    assert any(one["field"].startswith(field) for one in answer["errors"]), answer
    assert (await shared.get("/v1/tasks?silent=true"))["totalCount"] == before


@pytest.mark.parametrize(
    "name", ["nothing", "../hello", "/etc/passwd", "hello.yml", "os:system", "./hello.yml", "a b"]
)
async def test_only_names_of_the_catalog_can_be_run(shared: ApiBench, name: str) -> None:
    shared.runbook("hello", HELLO)
    (shared.world.directory.path / "hello.yml").write_text("name: hello\njobs: {}")
    answer = await shared.ask("POST", "/v1/tasks", json={"definition": name})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_broken_definition_tells_what_is_wrong_and_not_where_the_files_are(
    shared: ApiBench,
) -> None:
    directory = shared.world.directory.path / "definitions"
    shared.runbook("hello", HELLO)
    files = {
        "spoiled.yml": "name: spoiled\njobs: 7\n",
        "twice.yml": f"name: doubled\njobs: {{main: {{{HELLO}}}}}\n",
        "again.yml": f"name: doubled\njobs: {{main: {{{HELLO}}}}}\n",
        "lost_tasks.py": "import nothing_called_so\nfrom tasktrail import Plan, task\n\n\n"
        "@task()\ndef lost(plan: Plan) -> None:\n    plan.job('a').command('true')\n",
    }
    for name, text in files.items():
        (directory / name).write_text(text)
    try:
        for name, said, detail in (
            ("spoiled", "spoiled.yml is broken", "`jobs` must be"),
            ("doubled", "`doubled` cannot be run", "the name `doubled` is used by 2 files"),
            ("lost_tasks", "lost_tasks.py is broken", "nothing_called_so"),
        ):
            for method, path, body in (
                ("POST", "/v1/tasks", {"definition": name}),
                ("GET", f"/v1/definitions/{name}", None),
            ):
                answer = await shared.ask(method, path, "member", json=body)
                problem = answer.json()
                assert (answer.status_code, problem["code"]) == (422, "invalid_definition")
                assert problem["message"] == said
                assert detail in str(problem["errors"])
                assert str(shared.world.directory.path) not in answer.text
        # Those who are responsible for the files are told where they are.
        listed = await shared.get("/v1/definitions?pageSize=100", "owner")
        assert str(directory / "twice.yml") in str(listed["broken"])
    finally:
        for name in files:
            (directory / name).unlink()


async def test_a_definition_is_read_again_when_it_changes_and_its_tasks_keep_their_plan(
    shared: ApiBench,
) -> None:
    gate = shared.world.directory.path / "changing"
    wait = f"until test -e {gate}; do sleep 0.05; done"
    shared.runbook("changing", f"steps: [{{run: '{wait}'}}, {{run: echo first}}]")
    running = await shared.submit("changing")
    shared.runbook("changing", "steps: [{run: echo the second}]")
    second = await shared.ran("changing")
    gate.touch()
    first = await shared.ended(running)
    assert [len(task["jobs"][0]["steps"]) for task in (first, second)] == [2, 1]


async def test_a_task_may_be_submitted_for_later(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    task = await shared.get(f"/v1/tasks/{await shared.submit('hello', notBefore=later)}")
    assert task["status"] == "pending"
    assert task["waitingOn"][0]["kind"] == "time"


async def test_an_immediate_task_is_recorded_as_done_with_its_author(shared: ApiBench) -> None:
    body = {
        "immediate": True,
        "name": "member.invite",
        "title": "Bea was invited",
        "silent": True,
        "projectIds": [shared.project_id],
        "resources": [{"kind": "app", "id": 7}, {"kind": "cluster", "id": "west"}],
    }
    task_id = (await shared.post("/v1/tasks", body, "member"))["taskId"]
    task = await shared.get(f"/v1/tasks/{task_id}", "member")
    assert (task["status"], task["immediate"], task["silent"]) == ("done", True, True)
    assert (task["author"]["name"], task["author"]["role"]) == ("Member", "member")
    assert (task["projectIds"], task["appId"]) == ([shared.project_id], 7)


async def test_the_same_key_and_request_give_the_same_task(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    headers = {"Idempotency-Key": "deploy-1"}
    body = {"definition": "hello"}
    answers = await asyncio.gather(
        *(shared.ask("POST", "/v1/tasks", json=body, headers=headers) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["taskId"] for answer in answers}) == 1
    other = await shared.ask("POST", "/v1/tasks", json={**body, "force": True}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    another = await shared.ask(
        "POST", "/v1/tasks", json=body, headers={"Idempotency-Key": "deploy-2"}
    )
    assert another.json()["taskId"] != answers[0].json()["taskId"]


async def test_a_key_is_remembered_when_the_definition_is_gone(shared: ApiBench) -> None:
    name = shared.runbook("passing", HELLO)
    headers = {"Idempotency-Key": "gone"}
    first = await shared.ask("POST", "/v1/tasks", json={"definition": name}, headers=headers)
    (shared.world.directory.path / "definitions" / f"{name}.yml").unlink()
    again = await shared.ask("POST", "/v1/tasks", json={"definition": name}, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())


async def test_the_key_of_another_person_is_another_key(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    body = {"definition": "hello", "projectIds": [shared.project_id]}
    headers = {"Idempotency-Key": "shared"}
    made = {
        role: (await shared.ask("POST", "/v1/tasks", role, json=body, headers=headers)).json()
        for role in ("owner", "admin", "member", "robot", "superadmin")
    }
    assert len({answer["taskId"] for answer in made.values()}) == len(made)


async def test_a_repeat_with_a_key_is_done_once(shared: ApiBench) -> None:
    shared.runbook("fails", "steps: [{run: 'false'}]")
    task = await shared.ran("fails")
    path = f"/v1/tasks/{task['id']}/repeat"
    headers = {"Idempotency-Key": "repeat"}
    first = await shared.ask("POST", path, json={"force": False}, headers=headers)
    again = await shared.ask("POST", path, json={"force": False}, headers=headers)
    assert first.json() == again.json()
    assert first.json()["taskId"] != task["id"]


async def test_recording_with_a_key_is_done_once(shared: ApiBench) -> None:
    body = {"immediate": True, "name": "note", "title": "once"}
    headers = {"Idempotency-Key": "record"}
    answers = [await shared.ask("POST", "/v1/tasks", json=body, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ümlaut"])
async def test_a_key_that_cannot_be_is_refused(shared: ApiBench, key: str) -> None:
    answer = await shared.ask(
        "POST",
        "/v1/tasks",
        json={"definition": "hello"},
        headers={"Idempotency-Key": key.encode()},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
