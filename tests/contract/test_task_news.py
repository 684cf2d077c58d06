"""What has changed since some entry of the history, on both databases."""

from __future__ import annotations

from world_of_actions import ActionBench

from tasktrail.store.store import Connection
from tasktrail.store.task_news import changed_between, last_changes, live_tasks, newest_event
from tasktrail.store.visibility import sight_of

STEPS = "jobs: {main: {steps: [{run: 'true'}]}}"


async def test_each_task_is_named_once_with_its_last_entry(actions: ActionBench) -> None:
    actions.runbook("deploy", STEPS)
    store = actions.bench.store
    before = await store.read(newest_event)
    first = await actions.submit("deploy")
    second = await actions.submit("deploy")
    await actions.play(first)
    newest = await store.read(newest_event)

    def query(connection: Connection) -> tuple[dict[int, int], dict[int, int]]:
        found = changed_between(connection, before, newest)
        return found, last_changes(connection, [first, second])

    found, last = await store.read(query)
    assert found == last
    assert found[second] < found[first] == newest
    assert await store.read(lambda one: changed_between(one, found[second], newest)) == {
        first: newest
    }
    assert await store.read(lambda one: changed_between(one, newest, newest)) == {}


async def test_silent_tasks_are_left_out(actions: ActionBench) -> None:
    heard = await actions.record("heard")
    await actions.record("unheard", silent=True)
    store = actions.bench.store
    newest = await store.read(newest_event)
    assert list(await store.read(lambda one: changed_between(one, 0, newest))) == [heard]


async def test_a_link_to_another_task_is_no_change(actions: ActionBench) -> None:
    actions.runbook("deploy", f"rerunnable: always\n{STEPS}")
    store = actions.bench.store
    task_id = await actions.submit("deploy")
    await actions.play(task_id)
    before = await store.read(newest_event)
    again = await actions.rerun(task_id)
    newest = await store.read(newest_event)
    assert list(await store.read(lambda one: changed_between(one, before, newest))) == [again]
    last = await store.read(lambda one: last_changes(one, [task_id]))
    assert last[task_id] <= before


async def test_tasks_live_until_they_end(actions: ActionBench) -> None:
    actions.runbook("deploy", STEPS)
    ended, waiting = await actions.submit("deploy"), await actions.submit("deploy")
    await actions.play(ended)
    await actions.record("done already")
    sight = sight_of(actions.actor())
    found = await actions.bench.store.read(lambda one: live_tasks(one, sight))
    assert found == [waiting]
