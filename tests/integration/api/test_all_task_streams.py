"""Following all tasks by server-sent events: the widget."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from integration.api.api_bench import HELLO, ApiBench
from integration.api.event_reader import Event, EventReader, followed
from integration.api.test_task_streams import tap
from tasktrail.model.author import Role
from tasktrail.model.credential import KeyKind

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/v1/tasks/stream"


async def until_ended(reader: EventReader, task_id: int) -> list[Event]:
    """The events up to the one that tells of the end of a task."""
    events: list[Event] = []
    while not events or events[-1].data["id"] != task_id or events[-1].data["endedAt"] is None:
        event = await reader.next()
        assert event is not None
        events.append(event)
    return events


async def record(api: ApiBench, title: str, role: str = "owner", **wish: object) -> int:
    wish = {"immediate": True, "name": "note", "title": title, **wish}
    return (await api.post("/v1/tasks", wish, role))["taskId"]


async def test_every_task_is_told_from_its_start_to_its_end(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    async with followed(shared, PATH) as reader:
        task_id = await shared.submit("hello")
        events = await until_ended(reader, task_id)
    assert {event.kind for event in events} == {"task"}
    states = [event.data for event in events if event.data["id"] == task_id]
    assert states[-1]["status"] == "done"
    got = await shared.get(f"/v1/tasks/{task_id}")
    del got["jobs"]
    assert states[-1] == got


async def test_what_runs_already_is_told_at_first(shared: ApiBench, tmp_path: Path) -> None:
    with tap(shared, tmp_path / "pipe", "running"):
        task_ids = [await shared.submit("running") for _ in range(3)]
        async with followed(shared, PATH) as reader:
            told = [event.data["id"] for event in await reader.some(3)]
        assert sorted(told) == task_ids
        for task_id in task_ids:
            await shared.ask("POST", f"/v1/tasks/{task_id}/cancel")
            await shared.ended(task_id)


async def test_what_was_done_already_is_told_and_silent_tasks_never(shared: ApiBench) -> None:
    async with followed(shared, PATH) as reader:
        await record(shared, "unheard", silent=True)
        task_id = await record(shared, "heard")
        await record(shared, "unheard", silent=True)
        events = await until_ended(reader, task_id)
        last = await record(shared, "last")
        events += await until_ended(reader, last)
    assert {event.data["title"] for event in events} == {"heard", "last"}


async def test_a_change_of_people_or_keys_is_told_as_the_task_that_it_is(shared: ApiBench) -> None:
    identities = shared.world.installation.identities
    owner = await identities.identification.of_key(shared.keys["owner"])
    async with followed(shared, PATH) as reader:
        added = await identities.members.add(
            owner, email="new@example.com", name="New", role=Role.MEMBER
        )
        (told,) = await until_ended(reader, added.task_id)
        made = await identities.keys.create(owner, kind=KeyKind.ROBOT, name="deploys")
        (told_too,) = await until_ended(reader, made.task_id)
    assert (told.data["name"], told.data["author"]["name"]) == ("member.add", "Owner")
    assert (told_too.data["name"], told_too.data["author"]["name"]) == ("key.create", "Owner")


async def test_everybody_is_told_of_what_they_may_see(shared: ApiBench) -> None:
    async with AsyncExitStack() as stack:
        readers = {
            role: await stack.enter_async_context(followed(shared, PATH, role))
            for role in ("owner", "support", "reader", "foreign")
        }
        await record(shared, "secret")
        await record(shared, "own", "foreign")
        linked = await record(shared, "linked", projectIds=[shared.project_id])
        own = await record(shared, "own", "foreign")
        told = {
            role: {
                event.data["title"]
                for event in await until_ended(reader, own if role == "foreign" else linked)
            }
            for role, reader in readers.items()
        }
    everything = {"secret", "linked"}
    assert told == {
        "owner": everything,
        "support": everything,
        "reader": {"linked"},
        "foreign": {"own"},
    }


async def test_who_was_cut_off_goes_on_after_any_event(shared: ApiBench, tmp_path: Path) -> None:
    shared.runbook("hello", HELLO)
    with tap(shared, tmp_path / "pipe", "resumed"):
        running = await shared.submit("resumed")
        async with followed(shared, PATH) as reader:
            first = await reader.some(1)
            await asyncio.gather(*(shared.ran("hello") for _ in range(5)))
            last = await record(shared, "last")
            events = first + await until_ended(reader, last)
        for event in events:
            async with followed(shared, PATH, after=event.id) as reader:
                rest = [] if event.data["id"] == last else await until_ended(reader, last)
            states = {one.data["id"]: one.data for one in events[events.index(event) + 1 :]}
            assert [one.data["id"] for one in rest] == list(dict.fromkeys(_lasts(events, event)))
            assert {one.data["id"]: one.data for one in rest} == states
        await shared.ask("POST", f"/v1/tasks/{running}/cancel")
        await shared.ended(running)


def _lasts(events: list[Event], after: Event) -> list[int]:
    """The tasks that are told after an event, in the order in which they are told last."""
    ids = [event.data["id"] for event in events[events.index(after) + 1 :]]
    return list(reversed(dict.fromkeys(reversed(ids))))


async def test_cuts_lose_and_double_nothing_while_tasks_run(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    events: list[Event] = []
    started = asyncio.Event()

    async def follow() -> None:
        cuts = 0
        while not events or events[-1].data["title"] != "last":
            after = events[-1].id if events else ""
            async with followed(shared, PATH, after=after) as reader:
                for _ in range(1 + cuts % 3):
                    events.append(await reader.of("task"))
                    started.set()
                    if events[-1].data["title"] == "last":
                        return
            cuts += 1

    following = asyncio.ensure_future(follow())
    first = await shared.submit("hello")
    await started.wait()
    tasks = await asyncio.gather(*(shared.ran("hello") for _ in range(9)))
    await shared.ended(first)
    last = await record(shared, "last")
    await following
    ended = [event.data["id"] for event in events if event.data["endedAt"] is not None]
    assert sorted(ended) == sorted([first, *(task["id"] for task in tasks), last])
    assert len({event.id for event in events}) == len(events)
