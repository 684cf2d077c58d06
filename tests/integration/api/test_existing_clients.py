"""What existing clients of the contract rely on (rest-contract.md, section of that name)."""

from __future__ import annotations

from itertools import pairwise

import httpx2
import pytest

from integration.api.api_bench import HELLO, ApiBench
from plain_http import NO_TLS

pytestmark = pytest.mark.asyncio(loop_scope="module")

FINAL = {"done", "done_with_warnings", "failed", "timed_out", "canceled"}


def steps(task: dict[str, object]) -> list[dict[str, object]]:
    return [step for job in task["jobs"] for step in job["steps"]]  # type: ignore[attr-defined]


async def test_a_client_that_follows_fifty_steps_is_never_told_to_wait(shared: ApiBench) -> None:
    many = ", ".join(f"{{name: S{n}, run: echo {n}}}" for n in range(50))
    shared.runbook("fifty", f"steps: [{many}]")
    task = await shared.ran("fifty")
    paths = [f"/v1/task-steps/{step['id']}/logs?delivery=inline" for step in steps(task)]
    for _ in range(2):
        answers = [await shared.ask("GET", path) for path in paths]
        assert {answer.status_code for answer in answers} == {200}


async def test_an_error_has_a_message_a_detail_and_a_title(shared: ApiBench) -> None:
    problem = (await shared.ask("GET", "/v1/tasks/4711")).json()
    assert problem["message"] == "there is no task 4711"
    assert problem["detail"]
    assert problem["title"] == "Not Found"


async def test_final_statuses_are_five_and_spelled_so(shared: ApiBench) -> None:
    shared.runbook("well", "steps: [{run: 'true'}]")
    shared.runbook("warned", "steps: [{run: 'false', allow_failure: true}]")
    shared.runbook("broken", "steps: [{run: 'false'}]")
    shared.runbook("slow", "timeout: 100ms\njobs: {a: {steps: [{run: sleep 60, grace: 1s}]}}")
    shared.runbook("sleepy", "steps: [{run: 'echo up; sleep 60', grace: 1s}]")
    found = {
        name: (await shared.ran(name))["status"] for name in ("well", "warned", "broken", "slow")
    }
    sleepy = await shared.submit("sleepy")
    await shared.post(f"/v1/tasks/{sleepy}/cancel", code=200)
    found["sleepy"] = (await shared.ended(sleepy))["status"]
    assert found == {
        "well": "done",
        "warned": "done_with_warnings",
        "broken": "failed",
        "slow": "timed_out",
        "sleepy": "canceled",
    }
    assert set(found.values()) == FINAL


async def test_what_is_taken_for_something_else_is_not_there(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    task = await shared.ran("hello")
    assert not {"task", "taskId", "steps"} & set(task)
    page = await shared.get("/v1/tasks")
    assert not {"id", "name", "title", "task", "taskId"} & set(page)


async def test_who_and_where_is_told_in_the_fields_that_they_show(shared: ApiBench) -> None:
    shared.runbook("placed", f"projects: [shop]\njobs: {{main: {{{HELLO}}}}}")
    task = await shared.ran("placed")
    assert task["author"]["name"] == task["user"]["name"] == "Owner"
    assert task["projects"] == [{"id": shared.project_id, "title": "shop"}]
    assert task["projectIds"] == [shared.project_id]


@pytest.mark.parametrize("path", ["apps/7", "app-instances/7", "app-services/7", "databases/7"])
async def test_what_it_does_not_know_answers_a_json_404(shared: ApiBench, path: str) -> None:
    answer = await shared.ask("GET", f"/v1/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


async def test_progress_is_whole_and_never_looks_like_a_fraction(shared: ApiBench) -> None:
    many = ", ".join(f"{{name: S{n}, run: 'true'}}" for n in range(150))
    gate = shared.world.directory.path / "gate"
    wait = f"until test -e {gate}; do sleep 0.05; done"
    first = f"{{name: First, run: 'true'}}, {{name: Gate, run: '{wait}'}}"
    shared.runbook("long", f"steps: [{first}, {many}]")
    task_id = await shared.submit("long")
    seen: set[float] = set()
    with shared.world.installation.bulletin.changes_of(task_id) as changed:
        while True:
            changed.clear()
            task = await shared.get(f"/v1/tasks/{task_id}")
            seen.add(task["progress"])
            if steps(task)[1]["status"] == "in_progress":
                gate.touch()
            if task["endedAt"]:
                break
            await changed.wait()
    assert all(type(one) is int and 0 <= one <= 100 for one in seen)
    assert 1 not in seen
    assert seen >= {2, 100}


async def test_a_step_without_a_log_answers_an_empty_one(shared: ApiBench) -> None:
    shared.runbook("quiet", "steps: [{run: 'true'}, {run: 'false'}, {run: echo never}]")
    for step in steps(await shared.ran("quiet")):
        for delivery in ("auto", "inline"):
            path = f"/v1/task-steps/{step['id']}/logs?delivery={delivery}"
            assert await shared.get(path) == {
                "status": "empty",
                "streamId": None,
                "url": None,
                "lines": [],
            }
        linked = await shared.get(f"/v1/task-steps/{step['id']}/log-url")
        text = await shared.ask("GET", linked["url"], None)
        assert (text.status_code, text.text) == (200, "")


async def test_when_a_task_is_final_its_logs_are_complete(shared: ApiBench) -> None:
    shared.runbook("counting", "steps: [{run: seq 1 5000}]")
    task = await shared.ran("counting")
    step = steps(task)[0]["id"]
    logs = await shared.get(f"/v1/task-steps/{step}/logs?delivery=inline")
    assert logs["status"] == "persisted"
    assert [line["message"] for line in logs["lines"]] == [str(n) for n in range(1, 5001)]
    assert [line["sequenceId"] for line in logs["lines"]] == list(range(1, 5001))


BREAKS = r"a\rb\vc\fd\034e\302\205f\342\200\250g\342\200\251h\r\nplain\n\033[31mred\033[0m\nlast"


async def test_the_nth_line_is_the_same_inline_and_by_url_whatever_is_in_it(
    shared: ApiBench,
) -> None:
    command = BREAKS.replace("\\", "\\\\")
    shared.runbook("breaks", f"steps: [{{run: \"printf '{command}'\"}}]")
    step = steps(await shared.ran("breaks"))[0]["id"]
    inline = await shared.get(f"/v1/task-steps/{step}/logs?delivery=inline")
    by_url = await shared.get(f"/v1/task-steps/{step}/logs")
    assert (by_url["status"], by_url["lines"]) == ("persisted", [])
    text = (await shared.ask("GET", by_url["url"], None)).text
    messages = [line["message"] for line in inline["lines"]]
    assert messages == ["a b c d e f g h", "plain", "\x1b[31mred\x1b[0m", "last"]
    assert text == "".join(f"{message}\n" for message in messages)
    assert text.splitlines() == messages


async def test_an_address_of_a_log_is_absolute_and_needs_no_key(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    step = steps(await shared.ran("hello"))[0]["id"]
    for url in (
        (await shared.get(f"/v1/task-steps/{step}/log-url"))["url"],
        (await shared.get(f"/v1/task-steps/{step}/logs?delivery=url"))["url"],
    ):
        assert url.startswith(shared.server.url)
        async with httpx2.AsyncClient(trust_env=False, verify=NO_TLS) as stranger:
            answer = await stranger.get(url)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.text == "hello\noops\n"


async def test_lines_stay_where_they_are_while_a_step_is_tried_again(shared: ApiBench) -> None:
    gate = shared.world.directory.path / "again"
    run = f"echo one; echo two; test -e {gate}"
    retry = "{attempts: 2, backoff: 50ms, on: [user]}"
    shared.runbook("flaky", f"steps: [{{name: Flaky, run: '{run}', retry: {retry}}}]")
    task_id = await shared.submit("flaky")
    seen: list[list[str]] = []
    states: set[tuple[str, str]] = set()
    with shared.world.installation.bulletin.changes_of(task_id) as changed:
        while True:
            changed.clear()
            task = await shared.get(f"/v1/tasks/{task_id}")
            step = steps(task)[0]
            logs = await shared.get(f"/v1/task-steps/{step['id']}/logs?delivery=inline")
            seen.append([line["message"] for line in logs["lines"]])
            states.add((str(step["status"]), logs["status"]))
            if step["status"] == "backed_off":
                gate.touch()
            if task["endedAt"]:
                break
            await changed.wait()
    assert all(later[: len(before)] == before for before, later in pairwise(seen))
    assert seen[-1].count("one") == 2
    assert ("backed_off", "pending") in states
    assert logs["status"] == "persisted"


async def test_a_running_log_grows_inline(shared: ApiBench) -> None:
    gate = shared.world.directory.path / "open"
    run = f"echo before; until test -e {gate}; do sleep 0.05; done; echo after"
    shared.runbook("growing", f"steps: [{{run: '{run}'}}]")
    task_id = await shared.submit("growing")
    step = steps(await shared.get(f"/v1/tasks/{task_id}"))[0]["id"]
    path = f"/v1/task-steps/{step}/logs"
    while not (logs := await shared.get(path))["lines"]:
        pass  # a follower polls
    assert (logs["status"], logs["url"]) == ("pending", None)
    assert logs["lines"] == [{"sequenceId": 1, "level": "stdout", "message": "before"}]
    gate.touch()
    await shared.ended(task_id)
    after = await shared.get(f"{path}?delivery=inline")
    assert [line["message"] for line in after["lines"]] == ["before", "after"]


async def test_a_cancel_needs_neither_a_body_nor_a_content_type(shared: ApiBench) -> None:
    shared.runbook("sleepy", "steps: [{run: 'echo up; sleep 60', grace: 1s}]")
    task_id = await shared.submit("sleepy")
    path = f"{shared.server.url}/v1/tasks/{task_id}/cancel"
    request = httpx2.Request("POST", path, headers={"X-API-KEY": shared.keys["owner"]})
    assert "content-type" not in request.headers
    answer = await shared.client.send(request)
    assert (answer.status_code, answer.json()) == (200, {"success": True, "taskId": task_id})
    await shared.ended(task_id)


async def test_a_repeat_answers_the_id_of_the_new_task(shared: ApiBench) -> None:
    shared.runbook("broken", "steps: [{run: 'false'}]")
    first = await shared.ran("broken")
    path = f"/v1/tasks/{first['id']}/repeat"
    answer = await shared.post(path, {"force": True})
    assert set(answer) == {"success", "taskId"}
    again = await shared.ended(answer["taskId"])
    assert (again["repeatedTaskId"], again["forced"]) == (first["id"], True)
    assert (await shared.ask("POST", path, json={})).status_code == 422


@pytest.mark.parametrize(
    "wrong", ["abc", "-1", "0", "1/x", "..", "%2e%2e", "1%2Fx", "9" * 30, "%00"]
)
@pytest.mark.parametrize(
    "path", ["tasks/{}", "tasks/{}/events", "task-steps/{}/logs", "task-steps/{}/log-url"]
)
async def test_ids_come_unchecked_and_get_a_clean_refusal(
    shared: ApiBench, path: str, wrong: str
) -> None:
    answer = await shared.ask("GET", f"/v1/{path.format(wrong)}")
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"
