"""Answers about logs: ranges, searches, and logs that are far away or gone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from integration.api.api_bench import ApiBench, api_bench
from tasktrail.api import task_logs
from tasktrail.store.log_places import placement_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def counted(api: ApiBench, count: int) -> tuple[int, int]:
    """A task whose one step has printed the numbers to `count`; its id and that of the step."""
    api.runbook(f"count-{count}", f"steps: [{{name: Count, run: seq 1 {count}}}]")
    task = await api.ran(f"count-{count}")
    return task["id"], task["jobs"][0]["steps"][0]["id"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", range(1, 101)),
        ("from=5&to=8", range(5, 9)),
        ("from=-3", range(98, 101)),
        ("from=-3&to=-2", range(98, 100)),
        ("to=2", range(1, 3)),
        ("from=0&to=1", range(1, 2)),
        ("from=101", range(0)),
        ("from=8&to=5", range(0)),
        ("from=-1000&to=1", range(1, 2)),
        ("from=100&to=9007199254740992", range(100, 101)),
    ],
)
async def test_any_range_of_lines(shared: ApiBench, query: str, expected: range) -> None:
    _, step = await counted(shared, 100)
    found = await shared.get(f"/v1/task-steps/{step}/log?{query}")
    assert [line["line"] for line in found["lines"]] == list(expected)
    assert [line["text"] for line in found["lines"]] == [str(n) for n in expected]
    assert (found["lineCount"], found["ended"], found["nextFrom"]) == (100, True, None)
    assert (found["stepId"], found["attempt"]) == (step, 1)


async def test_a_range_that_is_too_long_says_where_to_go_on(
    shared: ApiBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_logs, "MOST_LINES", 40)
    _, step = await counted(shared, 100)
    lines: list[str] = []
    following: int | None = 1
    while following is not None:
        found = await shared.get(f"/v1/task-steps/{step}/log?from={following}")
        lines += [line["text"] for line in found["lines"]]
        following = found["nextFrom"]
    assert lines == [str(n) for n in range(1, 101)]
    exact = await shared.get(f"/v1/task-steps/{step}/log?from=1&to=40")
    assert (len(exact["lines"]), exact["nextFrom"]) == (40, None)


async def test_each_attempt_has_a_log_of_its_own(shared: ApiBench) -> None:
    retry = "{attempts: 2, backoff: 10ms, on: [user]}"
    run = 'echo "attempt $TASKTRAIL_ATTEMPT"; false'
    shared.runbook("twice", f"steps: [{{name: Twice, run: '{run}', retry: {retry}}}]")
    step = (await shared.ran("twice"))["jobs"][0]["steps"][0]["id"]
    for attempt in (1, 2):
        found = await shared.get(f"/v1/task-steps/{step}/log?attempt={attempt}&to=1")
        assert (found["attempt"], found["lines"][0]["text"]) == (attempt, f"attempt {attempt}")
    assert (await shared.get(f"/v1/task-steps/{step}/log"))["attempt"] == 2
    assert (await shared.ask("GET", f"/v1/task-steps/{step}/log?attempt=3")).status_code == 404


async def test_a_search_finds_lines_with_context_and_says_when_there_is_more(
    shared: ApiBench,
) -> None:
    task, step = await counted(shared, 100)
    found = await shared.get(f"/v1/tasks/{task}/logs/search?q=77&context=1")
    assert [(one["line"], one["hit"]) for one in found["items"]] == [
        (76, None),
        (77, [0, 2]),
        (78, None),
    ]
    assert {one["stepId"] for one in found["items"]} == {step}
    assert found["truncated"] is False
    limited = await shared.get(f"/v1/tasks/{task}/logs/search?q=1&limit=5")
    assert (len(limited["items"]), limited["truncated"]) == (5, True)
    pattern = await shared.get(f"/v1/tasks/{task}/logs/search?q=^9.$&regex=true")
    assert len(pattern["items"]) == 10
    nothing = await shared.get(f"/v1/tasks/{task}/logs/search?q=none")
    assert nothing == {"items": [], "truncated": False}
    assert (await shared.get(f"/v1/tasks/{task}/logs/search?q=7&job=main&step=count"))["items"]
    other = await shared.ask("GET", f"/v1/tasks/{task}/logs/search?q=7&job=other")
    assert other.status_code == 404


@pytest.mark.parametrize("pattern", ["(", "[a-", "(?=a)b", r"(a)\1", "a{1000000}"])
async def test_a_pattern_that_cannot_be_searched_for_is_refused(
    shared: ApiBench, pattern: str
) -> None:
    task, _ = await counted(shared, 100)
    answer = await shared.ask(
        "GET", f"/v1/tasks/{task}/logs/search", params={"q": pattern, "regex": "true"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_a_pattern_that_bombs_other_engines_ends_at_once(shared: ApiBench) -> None:
    shared.runbook("bomb", f"steps: [{{run: 'echo {'a' * 5000}!'}}]")
    task = (await shared.ran("bomb"))["id"]
    async with asyncio.timeout(20):
        found = await shared.get(
            f"/v1/tasks/{task}/logs/search", params={"q": "(a+)+$", "regex": "true"}
        )
    assert found["items"] == []


async def test_a_finished_log_that_is_far_away_is_read_and_its_loss_told(tmp_path: Path) -> None:
    store, data = tmp_path / "store", tmp_path / "data"
    data.mkdir()
    (data / "config.toml").write_text(f'log_store = "{store}"\n')
    async with api_bench(tmp_path) as api:
        _, read = await counted(api, 50)
        _, step = await counted(api, 60)
        await _moved(api, read)
        await _moved(api, step)
        text = await api.ask("GET", (await api.get(f"/v1/task-steps/{read}/logs"))["url"], None)
        assert text.text == "".join(f"{n}\n" for n in range(1, 51))
        path = f"/v1/task-steps/{step}/logs"
        link = (await api.get(path))["url"]
        for stored in [one for one in store.rglob("*") if one.is_file()]:
            stored.unlink()
        for answer in (
            await api.ask("GET", f"{path}?delivery=inline"),
            await api.ask("GET", f"/v1/task-steps/{step}/raw-log"),
            await api.ask("GET", link, None),
        ):
            assert answer.status_code == 503
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "log_store"


async def _moved(api: ApiBench, step: int) -> None:
    """Return when the log of a step is in the store alone."""
    records = api.world.installation.decisions.store
    logs: Any = api.world.directory.logs
    async with asyncio.timeout(30):
        while True:
            place = await records.read(lambda connection: placement_of(connection, step, 1))
            if place is not None and not list(logs.rglob(f"{step}-1.log")):
                return
