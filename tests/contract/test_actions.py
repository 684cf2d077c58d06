"""What authors do, on real stores: submit, record, cancel, spawn."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text
from store_bench import ANN
from world_of_actions import EVE, ActionBench

from tasktrail.actions.ledger import Decided
from tasktrail.actions.submit_spawned import SpawnWish
from tasktrail.errors import ConflictError, InvalidInputError, NotFoundError
from tasktrail.model.instant import Instant, after
from tasktrail.model.outcome import Failed
from tasktrail.model.status import Status
from tasktrail.store.tables import metadata

SIMPLE = "jobs: {job: {steps: [make]}}"
CANARY = "c4n4ry-s3cret"
WITH_SECRET = """
    title: "Deploy {{ inputs.version }}"
    inputs: {version: string, token: secret, other: {type: secret, required: false}}
    jobs:
      job:
        env: {TOKEN: "{{ inputs.token }}"}
        steps: [make]
    """


async def stored_text(actions: ActionBench, *, besides: str) -> str:
    """All rows of all tables but one, as one text."""
    names = [table.name for table in metadata.sorted_tables if table.name != besides]
    return await actions.bench.read(
        lambda c: repr([c.execute(text(f"SELECT * FROM {name}")).all() for name in names])
    )


async def test_a_submitted_task_is_recorded_with_author_projects_and_inputs(
    actions: ActionBench,
) -> None:
    actions.runbook("deploy", WITH_SECRET + "\n    projects: [shop]\n")
    task_id = await actions.submit(
        "deploy", inputs={"version": "1.2", "token": CANARY}, projects=("blog", "shop")
    )
    shown = await actions.show(task_id)
    assert shown["title"] == "Deploy 1.2"
    assert shown["status"] == "queued"
    assert shown["author"] == {"kind": "user", "id": 7, "name": "Ann", "role": "admin"}
    assert {one["title"] for one in shown["projects"]} == {"blog", "shop"}
    assert shown["executionScope"] == "project"
    assert shown["inputs"]["version"] == "1.2"
    assert (await actions.history(task_id))[0]["kind"] == "recorded"


async def test_a_task_of_the_organization_has_no_project(actions: ActionBench) -> None:
    """M10."""
    actions.runbook("simple", SIMPLE)
    shown = await actions.show(await actions.submit("simple"))
    assert (shown["projectIds"], shown["executionScope"]) == ([], "org")


async def test_secrets_are_kept_apart_from_all_that_is_stored_and_shown(
    actions: ActionBench,
) -> None:
    actions.runbook("deploy", WITH_SECRET)
    task_id = await actions.submit("deploy", inputs={"version": "1", "token": CANARY})
    await actions.play(task_id, Failed(message="exit code 1", exit_code=1))
    again = await actions.rerun(task_id, EVE)
    for one in (task_id, again):
        shown = json.dumps([await actions.show(one), await actions.history(one)])
        assert CANARY not in shown
        assert (await actions.show(one))["inputs"]["token"] == "*" * 8
    assert CANARY not in await stored_text(actions, besides="task_secrets")
    assert (await stored_text(actions, besides="tasks")).count(CANARY) == 2


async def test_wrong_inputs_are_all_named_and_nothing_is_kept(actions: ActionBench) -> None:
    actions.runbook("deploy", WITH_SECRET)
    with pytest.raises(InvalidInputError) as refused:
        await actions.submit("deploy", inputs={"versoin": "1", "token": CANARY})
    assert {one.field for one in refused.value.problems} == {"version", "versoin"}
    assert CANARY not in str(refused.value)
    assert await actions.bench.read(lambda c: c.execute(text("SELECT 1 FROM tasks")).all()) == []


async def test_a_task_with_a_start_time_waits_for_it(actions: ActionBench) -> None:
    actions.runbook("simple", SIMPLE)
    start = after(actions.bench.now, 3600)
    later = await actions.submit("simple", not_before=start)
    past = await actions.submit("simple", not_before=Instant(1))
    assert await actions.bench.status(later) is Status.PENDING
    (wait,) = (await actions.show(later))["waitingOn"]
    assert wait["kind"] == "time"
    assert await actions.bench.status(past) is Status.QUEUED


async def test_everybody_who_listens_is_told_of_what_is_durable_and_of_nothing_else(
    actions: ActionBench,
) -> None:
    told: list[Decided] = []
    actions.decisions.subscribe(told.append)
    actions.runbook("simple", SIMPLE)
    task_id = await actions.submit("simple")
    assert {one.task.id for one in told} == {task_id}
    assert told[-1].task == (await actions.bench.state(task_id)).task
    told.clear()
    with pytest.raises(NotFoundError):
        await actions.cancel(4711)
    assert told == []


async def test_a_listener_that_fails_keeps_nothing_from_others(
    actions: ActionBench, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Decided) -> None:
        raise ZeroDivisionError

    told: list[Decided] = []
    actions.decisions.subscribe(fail)
    actions.decisions.subscribe(told.append)
    actions.runbook("simple", SIMPLE)
    task_id = await actions.submit("simple")
    assert told[-1].task == (await actions.bench.state(task_id)).task
    assert "was not followed" in caplog.text


async def test_an_immediate_task_is_done_at_once(actions: ActionBench) -> None:
    """M11, M18."""
    task_id = await actions.record("User added", projects=("shop", "shop"))
    silent = await actions.record("Looked at", silent=True)
    shown = await actions.show(task_id)
    assert (shown["status"], shown["immediate"], shown["silent"]) == ("done", True, False)
    assert shown["startedAt"] == shown["endedAt"] is not None
    assert [one["title"] for one in shown["projects"]] == ["shop"]
    assert (await actions.show(silent))["silent"] is True
    kinds = [entry["kind"] for entry in await actions.history(task_id)]
    assert kinds == ["recorded", "project_made"]


@pytest.mark.parametrize("title", ["", "   ", "x" * 1001])
async def test_a_record_needs_a_title_of_reasonable_length(
    actions: ActionBench, title: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await actions.record(title)
    assert [one.field for one in refused.value.problems] == ["title"]


async def test_a_task_that_has_not_started_is_canceled_at_once(actions: ActionBench) -> None:
    actions.runbook("simple", SIMPLE)
    task_id = await actions.submit("simple")
    await actions.cancel(task_id, EVE)
    shown = await actions.show(task_id)
    assert shown["status"] == "canceled"
    assert shown["cancel"]["by"]["name"] == "Eve"


async def test_a_cancel_may_be_asked_for_again_until_the_task_has_ended(
    actions: ActionBench,
) -> None:
    actions.runbook("simple", SIMPLE)
    task_id = await actions.submit("simple")
    await actions.bench.claim(task_id)
    for _ in range(2):
        await actions.cancel(task_id)
        assert await actions.bench.status(task_id) is Status.CANCELING
    asked = [one for one in await actions.history(task_id) if one["kind"] == "cancel_asked"]
    assert len(asked) == 1
    await actions.cancel(task_id, forced=True)
    assert (await actions.show(task_id))["cancel"]["forced"] is True


async def test_a_cancel_of_an_ended_task_is_refused(actions: ActionBench) -> None:
    actions.runbook("simple", SIMPLE)
    task_id = await actions.submit("simple")
    await actions.cancel(task_id)
    with pytest.raises(ConflictError, match="already ended: canceled"):
        await actions.cancel(task_id)
    with pytest.raises(ConflictError, match="already ended: done"):
        await actions.cancel(await actions.record("Noted"))


async def test_a_spawned_task_has_its_origins_author_and_projects_and_both_are_linked(
    actions: ActionBench,
) -> None:
    """M17."""
    actions.runbook("parent", SIMPLE)
    actions.runbook("child", SIMPLE)
    parent = await actions.submit("parent", EVE, projects=("shop",))
    state = await actions.bench.state(parent)
    wish = SpawnWish(
        origin=state.task,
        step_id=next(iter(state.steps)),
        key="child",
        target="child",
        root=None,
        inputs={},
    )
    child = await actions.spawn(wish)
    assert await actions.spawn(wish) == child
    shown = await actions.show(child)
    assert shown["originTaskId"] == parent
    assert shown["author"]["name"] == "Eve"
    assert [one["title"] for one in shown["projects"]] == ["shop"]
    assert (await actions.show(parent))["spawnedTaskIds"] == [child]
    spawned = [one for one in await actions.history(parent) if one["kind"] == "spawned"]
    assert [one["message"] for one in spawned] == [f"task {child}: child"]
    assert ANN.name not in json.dumps(spawned)
