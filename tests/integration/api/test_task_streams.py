"""Following one task by server-sent events."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Generator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from integration.api.api_bench import ApiBench
from integration.api.event_reader import Event, followed, lines_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

THREE = """
jobs:
  build: {steps: [{name: Say, run: 'for i in 1 2 3; do echo line $i; done'}, {run: 'echo done'}]}
  test: {steps: [{run: 'echo tested; echo badly >&2'}]}
  late: {after: [build], steps: [{run: 'echo late'}]}
"""


@contextmanager
def tap(api: ApiBench, path: Path, name: str = "tapped") -> Generator[int]:
    """A definition of a step that says what is written into the yielded descriptor."""
    os.mkfifo(path)
    pipe = os.open(path, os.O_RDWR)
    api.runbook(name, f"steps: [{{name: Say, run: 'cat {path}'}}]")
    try:
        yield pipe
    finally:
        os.close(pipe)


def say(pipe: int, *lines: str) -> None:
    os.write(pipe, "".join(f"{line}\n" for line in lines).encode())


def own_step(task: Any) -> Any:
    """The only step of a task but for those of the system."""
    return next(step for step in task["jobs"][0]["steps"] if not step["isSystem"])


async def whole(api: ApiBench, task_id: int, query: str = "", after: str = "") -> list[Event]:
    async with followed(api, f"/v1/tasks/{task_id}/stream{query}", after=after) as reader:
        assert reader.answer.status_code == 200
        return await reader.rest()


async def test_a_task_is_told_first_and_its_end_last(shared: ApiBench) -> None:
    shared.runbook("three", THREE)
    events = await whole(shared, await shared.submit("three"))
    assert events[0].kind == "task"
    assert [event.kind for event in events[-2:]] == ["task", "end"]
    assert events[-2].data["status"] == "done"
    texts = sorted(lines_of(events).values())
    assert texts == [["done"], ["late"], ["line 1", "line 2", "line 3"], ["tested", "badly"]]


async def test_the_last_state_is_the_task_as_it_can_be_got(shared: ApiBench) -> None:
    shared.runbook("bad", "steps: [{run: 'echo error: no disk >&2; exit 3'}]")
    task_id = await shared.submit("bad")
    events = await whole(shared, task_id)
    got = await shared.get(f"/v1/tasks/{task_id}")
    assert [event.data for event in events if event.kind == "task"][-1] == got
    assert got["error"]["lines"]


async def test_lines_have_their_stream_and_their_time(shared: ApiBench) -> None:
    shared.runbook("both", "steps: [{run: 'printf \"a\\rb\\n\"; echo oops >&2'}]")
    task = await shared.ran("both")
    step = task["jobs"][0]["steps"][0]["id"]
    told = [event.data for event in await whole(shared, task["id"]) if event.kind == "lines"]
    assert {(one["stepId"], one["attempt"]) for one in told} == {(step, 1)}
    lines = [line for one in told for line in one["lines"]]
    got = (await shared.get(f"/v1/task-steps/{step}/log"))["lines"]
    assert [line["message"] for line in lines if line["level"] == "stdout"] == ["a b"]
    assert [line["message"] for line in lines if line["level"] == "stderr"] == ["oops"]
    assert [line["time"] for line in lines] == [line["time"] for line in got]


async def test_a_line_arrives_while_the_step_runs(shared: ApiBench, tmp_path: Path) -> None:
    with tap(shared, tmp_path / "pipe") as pipe:
        task_id = await shared.submit("tapped")
        async with followed(shared, f"/v1/tasks/{task_id}/stream") as reader:
            for number in range(1, 6):
                say(pipe, f"line {number}")
                event = await reader.of("lines")
                assert event.data["firstLine"] == number
                assert event.data["lines"][0]["message"] == f"line {number}"
            await shared.ask("POST", f"/v1/tasks/{task_id}/cancel")
            rest = await reader.rest()
    assert rest[-1].kind == "end"
    assert rest[-2].data["status"] == "canceled"


async def test_the_stop_of_a_time_limit_is_told_before_it_is_over(shared: ApiBench) -> None:
    """Nothing of the task has changed then: what runs is still running."""
    deaf = "trap '' TERM; while :; do sleep 1; done"
    shared.runbook("deaf", f'steps: [{{run: "{deaf}", timeout: 1s, grace: 1h}}]')
    task_id = await shared.submit("deaf")
    async with followed(shared, f"/v1/tasks/{task_id}/stream") as reader:
        while (stop := own_step((await reader.of("task")).data)["stop"]) is None:
            pass
        assert stop == own_step(await shared.get(f"/v1/tasks/{task_id}"))["stop"]
        assert stop["signal"] == "SIGTERM"
        await shared.ask("POST", f"/v1/tasks/{task_id}/cancel?force=true")
        rest = await reader.rest()
    assert own_step(rest[-2].data)["stop"] is None
    assert rest[-2].data["status"] == "timed_out"


async def test_all_who_follow_get_the_same(shared: ApiBench, tmp_path: Path) -> None:
    with tap(shared, tmp_path / "pipe", "shared") as pipe:
        task_id = await shared.submit("shared")
        say(pipe, "before")

        async def follow(number: int) -> list[Event]:
            async with followed(shared, f"/v1/tasks/{task_id}/stream") as reader:
                events = [await reader.of("lines")]
                say(pipe, f"from {number}")
                while sum(len(event.data["lines"]) for event in events) < 21:
                    events.append(await reader.of("lines"))
                return events

        found = await asyncio.gather(*(follow(number) for number in range(20)))
        await shared.ask("POST", f"/v1/tasks/{task_id}/cancel")
        await shared.ended(task_id)
    texts = [next(iter(lines_of(events).values())) for events in found]
    assert texts == [texts[0]] * 20
    assert sorted(texts[0]) == sorted(["before", *(f"from {number}" for number in range(20))])


async def test_who_was_cut_off_goes_on_after_any_event(shared: ApiBench) -> None:
    shared.runbook("three", THREE)
    task = await shared.ran("three")
    events = await whole(shared, task["id"])
    for count, event in enumerate(events[:-1], 1):
        rest = await whole(shared, task["id"], after=event.id)
        assert [one.data for one in rest] == [one.data for one in events[count:]]
    async with followed(shared, f"/v1/tasks/{task['id']}/stream", after=events[-1].id) as reader:
        assert reader.answer.status_code == 204


async def test_cuts_lose_and_double_nothing_while_a_task_runs(shared: ApiBench) -> None:
    shared.runbook(
        "busy",
        """
        jobs:
          one: {steps: [{run: 'for i in $(seq 300); do echo one $i; sleep 0.002; done'}]}
          two: {steps: [{run: 'seq 1000'}, {run: 'for i in $(seq 100); do echo two $i; done'}]}
        """,
    )
    task_id = await shared.submit("busy")
    events: list[Event] = []
    cuts = 0
    while not events or events[-1].kind != "end":
        after = events[-1].id if events else ""
        async with followed(shared, f"/v1/tasks/{task_id}/stream", after=after) as reader:
            events += await reader.some(1 + cuts % 4)
        cuts += 1
    assert cuts > 5
    states = [event.data for event in events if event.kind == "task"]
    assert all(before != after for before, after in pairwise(states))
    assert states[-1]["status"] == "done"
    ones = [f"one {number}" for number in range(1, 301)]
    twos = [f"two {number}" for number in range(1, 101)]
    numbers = [str(number) for number in range(1, 1001)]
    assert sorted(lines_of(events).values()) == sorted([ones, twos, numbers])


async def test_every_attempt_at_a_step_has_its_lines(shared: ApiBench, tmp_path: Path) -> None:
    done = tmp_path / "done"
    shared.runbook(
        "again",
        f"steps: [{{run: 'echo try; test -e {done} || {{ touch {done}; exit 1; }}', "
        "retry: {attempts: 2, backoff: 10ms, on: [user]}}]",
    )
    events = await whole(shared, await shared.submit("again"))
    assert {attempt: lines for (_, attempt), lines in lines_of(events).items()} == {
        1: ["try"],
        2: ["try"],
    }


async def test_logs_can_be_left_out(shared: ApiBench) -> None:
    shared.runbook("three", THREE)
    events = await whole(shared, await shared.submit("three"), "?logs=none")
    assert {event.kind for event in events} == {"task", "end"}


async def test_one_step_can_be_chosen_from_any_line(shared: ApiBench) -> None:
    shared.runbook("three", THREE)
    task = await shared.ran("three")
    step = next(
        step["id"] for job in task["jobs"] for step in job["steps"] if step["name"] == "Say"
    )

    async def told(query: str) -> list[tuple[int, list[str]]]:
        return [
            (event.data["firstLine"], [line["message"] for line in event.data["lines"]])
            for event in await whole(shared, task["id"], f"?stepId={step}{query}")
            if event.kind == "lines"
        ]

    assert await told("") == [(1, ["line 1", "line 2", "line 3"])]
    assert await told("&from=2") == [(2, ["line 2", "line 3"])]
    assert await told("&from=-1&attempt=1") == [(3, ["line 3"])]
    assert await told("&from=99") == []
    assert await told("&attempt=2") == []


async def test_what_was_begun_at_a_line_goes_on_after_it(shared: ApiBench, tmp_path: Path) -> None:
    with tap(shared, tmp_path / "pipe", "from") as pipe:
        task_id = await shared.submit("from")
        say(pipe, "one", "two", "three")
        async with followed(shared, f"/v1/tasks/{task_id}/stream") as reader:
            event = await reader.of("lines")
        query = f"/v1/tasks/{task_id}/stream?stepId={event.data['stepId']}&from=3"
        async with followed(shared, query) as reader:
            event = await reader.of("lines")
            assert (event.data["firstLine"], len(event.data["lines"])) == (3, 1)
        say(pipe, "four")
        async with followed(shared, query, after=event.id) as reader:
            event = await reader.of("lines")
            assert event.data["firstLine"] == 4
        await shared.ask("POST", f"/v1/tasks/{task_id}/cancel")
        await shared.ended(task_id)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?from=1", 422),
        ("?attempt=1", 422),
        ("?stepId=1&logs=none", 422),
        ("?logs=some", 422),
        ("?stepId=999999", 404),
    ],
)
async def test_what_cannot_be_followed_is_refused(
    shared: ApiBench, query: str, status: int
) -> None:
    shared.runbook("three", THREE)
    task_id = await shared.submit("three")
    answer = await shared.ask("GET", f"/v1/tasks/{task_id}/stream{query}")
    assert answer.status_code == status
    assert answer.json()["status"] == status


async def test_a_position_that_names_nothing_begins_anew(shared: ApiBench) -> None:
    shared.runbook("three", THREE)
    task = await shared.ran("three")
    events = await whole(shared, task["id"])
    assert await whole(shared, task["id"], after="nonsense") == events


@pytest.mark.parametrize("role", ["outsider", "foreign"])
async def test_a_task_that_may_not_be_seen_is_not_there(shared: ApiBench, role: str) -> None:
    shared.runbook("three", THREE)
    task_id = await shared.submit("three", projectIds=[shared.project_id])
    answer = await shared.ask("GET", f"/v1/tasks/{task_id}/stream", role)
    assert answer.status_code == 404
    async with followed(shared, f"/v1/tasks/{task_id}/stream", "reader") as reader:
        assert reader.answer.status_code == 200


async def test_system_steps_are_for_those_who_may_see_them(shared: ApiBench) -> None:
    shared.runbook("three", THREE)
    task_id = await shared.submit("three")

    def system_steps(state: dict[str, Any]) -> int:
        return sum(step["isSystem"] for job in state["jobs"] for step in job["steps"])

    for role, seen in (("owner", False), ("support", True)):
        async with followed(shared, f"/v1/tasks/{task_id}/stream", role) as reader:
            states = [event.data for event in await reader.rest() if event.kind == "task"]
        assert [system_steps(state) > 0 for state in states] == [seen] * len(states)


async def test_a_proxy_is_told_to_let_events_through(shared: ApiBench) -> None:
    shared.runbook("three", THREE)
    task = await shared.ran("three")
    answer = await shared.ask("GET", f"/v1/tasks/{task['id']}/stream")
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text.startswith("retry: 1000\n\n")
