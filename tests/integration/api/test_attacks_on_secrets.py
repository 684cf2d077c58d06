"""Secrets are in no address, log, error or metric, and not to be had by how long things take."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from integration.api.api_bench import HELLO, ApiBench
from integration.api.test_sessions_of_people import PASSWORD, person
from integration.api.written_log import written
from tasktrail.actions.identity.token import new_token
from tasktrail.config import LogFormat

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANARY = "tt_99_" + "canary" * 7 + "x"


def places(canary: str) -> list[tuple[str, str]]:
    """Where somebody may put a key by mistake: methods and addresses."""
    hidden = canary.replace("_", "%5F")
    return [
        ("GET", f"/v1/tasks?apiKey={canary}"),
        ("GET", f"/v1/tasks?%61piKey={canary}"),
        ("GET", f"/v1/tasks?x={hidden}"),
        ("GET", f"/v1/tasks?{canary}"),
        ("GET", f"/v1/tasks?search=a%26apiKey%3D{canary}"),
        ("GET", f"/v1/tasks/{canary}"),
        ("GET", f"/v1/tasks/{hidden}"),
        ("GET", f"/v1/definitions/{canary}"),
        ("GET", f"/{canary}"),
        ("POST", f"/v1/tasks/{canary}/cancel"),
        ("DELETE", f"/v1/keys/{canary}"),
        ("GET", f"/v1/task-logs/{canary}"),
        ("GET", f"/docs/{canary}"),
    ]


@pytest.mark.parametrize("form", list(LogFormat))
async def test_a_key_in_an_address_is_refused_and_nowhere_to_be_found(
    shared: ApiBench, capsys: pytest.CaptureFixture[str], form: LogFormat
) -> None:
    seen: list[str] = []
    with written(form):
        for method, path in places(CANARY):
            answer = await shared.ask(method, path)
            assert (answer.status_code, answer.json()["code"]) == (400, "key_in_address"), path
            seen += [answer.text, str(answer.headers)]
    said = capsys.readouterr()
    seen += [said.err, said.out, (await shared.ask("GET", "/metrics", None)).text]
    assert "answered" in said.err
    assert "canary" not in "".join(seen)


async def test_what_lets_somebody_in_is_in_no_line_of_the_log(
    shared: ApiBench, capsys: pytest.CaptureFixture[str]
) -> None:
    await person(shared, "Logged")
    shared.runbook("hello", HELLO)
    step = (await shared.ran("hello"))["jobs"][0]["steps"][0]["id"]
    link = (await shared.get(f"/v1/task-steps/{step}/log-url"))["url"]
    signature = link.rpartition(".")[2]
    token = new_token()
    with written(LogFormat.JSON):
        assert (await shared.client.get(link)).status_code == 200
        for turned in (f"{link}/", f"{link}%2f", link.replace("task-logs", "%74ask-logs")):
            await shared.client.get(turned)
        await shared.client.post(link)
        session = await shared.ask("POST", "/v1/session", None, json=_sign_in("logged", PASSWORD))
        shared.client.cookies.clear()
        await shared.ask("POST", "/v1/session", None, json=_sign_in("logged", "wrong-" + token))
        await shared.ask("POST", "/v1/session/link", None, json={"token": token})
        made = await shared.ask("POST", "/v1/keys", json={"name": "logged"})
    said = capsys.readouterr().err
    assert said.count("answered") >= 8
    cookie = session.headers["set-cookie"].partition(";")[0].partition("=")[2]
    for secret in (
        signature,
        token,
        PASSWORD,
        cookie,
        made.json()["key"].split("_", 2)[2],
        shared.keys["owner"].split("_", 2)[2],
    ):
        assert len(secret) > 15
        assert secret not in said


def _sign_in(name: str, password: str) -> dict[str, str]:
    return {"email": f"{name}@example.com", "password": password}


async def test_a_refusal_tells_nothing_of_what_was_sent_in_secret(shared: ApiBench) -> None:
    secret = "hunter2-" + new_token()
    name = "typed-secret"
    shared.runbook(name, f"inputs: {{token: secret, nodes: integer}}\njobs: {{main: {{{HELLO}}}}}")
    asked: list[tuple[str, str, Any]] = [
        ("POST", "/v1/tasks", {"definition": name, "inputs": {"token": secret, "nodes": "x"}}),
        ("POST", "/v1/tasks", {"definition": name, "inputs": {"token": [secret], "nodes": 1}}),
        ("POST", "/v1/tasks", {"definition": name, "inputs": {"token": {"a": secret}}}),
        ("POST", "/v1/tasks", {"definition": name, "inputs": {"token": secret}, "x": secret}),
        ("POST", "/v1/session", {"email": [secret], "password": [secret]}),
        ("POST", "/v1/session", {"email": "a@example.com", "password": secret}),
        ("POST", "/v1/session", {"email": "a@example.com", "password": {"a": secret}}),
        ("POST", "/v1/session/link", {"token": secret, "password": 7}),
        ("POST", "/v1/session/link/look", {"token": secret, "password": 7}),
        ("PUT", "/v1/session/password", {"before": secret, "after": "short"}),
    ]
    for method, path, body in asked:
        answer = await shared.ask(method, path, json=body)
        assert 400 <= answer.status_code < 500, answer.text
        assert secret not in answer.text, path
    broken = await shared.ask(
        "POST",
        "/v1/session",
        content=f'{{"email": "a", "password": "{secret}'.encode(),
        headers={"Content-Type": "application/json"},
    )
    assert secret not in broken.text
    for headers in ({"X-API-KEY": f"tt_1_{secret}"}, {"Cookie": f"tasktrail_session={secret}"}):
        refused = await shared.ask("GET", "/v1/tasks", None, headers=headers)
        assert refused.status_code == 401
        assert secret not in refused.text


async def test_a_secret_input_is_in_no_answer(shared: ApiBench) -> None:
    secret = new_token()
    shared.runbook(
        "telling",
        "inputs: {token: secret}\n"
        "jobs: {main: {steps: [{name: Say, run: 'echo $INPUT_TOKEN; exit 3'}]}}",
    )
    task = await shared.ran("telling", inputs={"token": secret}, projectIds=[shared.project_id])
    step = task["jobs"][0]["steps"][0]["id"]
    for role in ("owner", "member", "reader", "support", "robot", "superadmin"):
        for path in (
            f"/v1/tasks/{task['id']}",
            f"/v1/tasks/{task['id']}/events",
            f"/v1/tasks/{task['id']}/logs/search?q={quote(secret)}",
            f"/v1/task-steps/{step}/logs?delivery=inline",
            f"/v1/task-steps/{step}/log",
            f"/v1/task-steps/{step}/raw-log",
            f"/v1/tasks?search={quote(secret)}",
        ):
            answer = await shared.ask("GET", path, role)
            assert answer.status_code == 200
            assert secret not in answer.text, path


async def test_a_sign_in_takes_as_long_whether_or_not_there_is_such_a_person(
    shared: ApiBench,
) -> None:
    await person(shared, "Timed")
    times: dict[str, list[float]] = {"timed": [], "nobody-at-all": []}
    for _ in range(8):
        for name, found in times.items():
            began = time.perf_counter()
            answer = await shared.ask("POST", "/v1/session", None, json=_sign_in(name, "x" * 20))
            found.append(time.perf_counter() - began)
            assert answer.status_code == 401
    there, nowhere = (statistics.median(found) for found in times.values())
    assert 0.5 < there / nowhere < 2, times


async def test_a_key_takes_as_long_to_refuse_whatever_is_wrong_with_it(shared: ApiBench) -> None:
    right = shared.keys["owner"]
    number = right.split("_")[1]
    wrong = {"token": f"tt_{number}_{new_token()}", "number": f"tt_987654_{new_token()}"}
    times: dict[str, list[float]] = {name: [] for name in wrong}
    for _ in range(60):
        for name, key in wrong.items():
            began = time.perf_counter()
            answer = await shared.ask("GET", "/v1/tasks", None, headers={"X-API-KEY": key})
            times[name].append(time.perf_counter() - began)
            assert answer.status_code == 401
    first, second = (statistics.median(found) for found in times.values())
    assert 0.5 < first / second < 2, (first, second)


async def test_many_wrong_sign_ins_at_once_keep_nobody_else_waiting(shared: ApiBench) -> None:
    async def guess(number: int) -> httpx2.Response:
        body = _sign_in(f"guess{number}", "x" * 1000)
        return await shared.ask("POST", "/v1/session", None, json=body)

    guesses = [asyncio.ensure_future(guess(number)) for number in range(30)]
    longest = 0.0
    while not all(one.done() for one in guesses):
        began = time.perf_counter()
        assert (await shared.ask("GET", "/v1/tasks")).status_code == 200
        longest = max(longest, time.perf_counter() - began)
    assert longest < 5
    assert {one.result().status_code for one in guesses} <= {401, 429}
