"""The filters of `GET /tasks` (rest-contract.md, "Tasks")."""

from __future__ import annotations

import pytest

from integration.api.api_bench import ApiBench

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def tasks(api: ApiBench, query: str) -> list[str]:
    found = await api.get(f"/v1/tasks?pageSize=100&{query}")
    assert found["totalCount"] == len(found["items"])
    return sorted(task["title"] for task in found["items"])


async def record(api: ApiBench, title: str, **wish: object) -> None:
    body = {"immediate": True, "name": "note", "title": title, **wish}
    await api.post("/v1/tasks", body)


@pytest.fixture(scope="module")
def kinds() -> list[str]:
    return [
        "app",
        "app_instance",
        "stack",
        "database",
        "cluster",
        "service",
        "integration",
        "provider",
    ]


async def test_every_filter_of_a_resource_finds_its_kind_alone(
    shared: ApiBench, kinds: list[str]
) -> None:
    for kind in kinds:
        await record(shared, f"about {kind}", resources=[{"kind": kind, "id": 5}])
    for kind in kinds:
        words = kind.split("_")
        name = words[0] + "".join(word.title() for word in words[1:]) + "Id"
        assert await tasks(shared, f"{name}=5") == [f"about {kind}"]
        assert await tasks(shared, f"{name}=6") == []


async def test_changes_to_people_and_rights_can_be_left_out(shared: ApiBench) -> None:
    await record(shared, "an operation of its kind")
    await shared.post("/v1/teams", {"name": "kindred"})
    every = "search=kind"
    assert await tasks(shared, f"{every}&kind=operations") == ["an operation of its kind"]
    assert await tasks(shared, f"{every}&kind=administration") == ["Team kindred was made"]
    assert len(await tasks(shared, f"{every}&kind=everything")) == 2
    assert len(await tasks(shared, every)) == 2


async def test_several_filters_all_have_to_fit(shared: ApiBench) -> None:
    links = [{"kind": "app", "id": 50}, {"kind": "cluster", "id": 60}]
    await record(shared, "both", resources=links)
    await record(shared, "one", resources=links[:1])
    assert await tasks(shared, "appId=50") == ["both", "one"]
    assert await tasks(shared, "appId=50&clusterId=60") == ["both"]


async def test_scopes_tell_the_organization_from_its_projects(shared: ApiBench) -> None:
    await record(shared, "scoped in", projectIds=[shared.project_id])
    await record(shared, "scoped out")
    every = "search=scoped"
    assert await tasks(shared, every) == ["scoped in", "scoped out"]
    assert await tasks(shared, f"{every}&scope=project_and_org") == ["scoped in", "scoped out"]
    assert await tasks(shared, f"{every}&scope=org_only") == ["scoped out"]
    assert await tasks(shared, f"{every}&scope=user_only") == []
    assert await tasks(shared, f"{every}&projectIds={shared.project_id},999") == ["scoped in"]


@pytest.mark.parametrize("spelling", ["done", "DONE", "Done,failed", "done,in+progress", " done "])
async def test_statuses_are_taken_in_any_spelling(shared: ApiBench, spelling: str) -> None:
    await record(shared, f"spelled {spelling}")
    found = await tasks(shared, f"search=spelled&statuses={spelling.replace(' ', '%20')}")
    assert f"spelled {spelling}" in found
    assert await tasks(shared, "search=spelled&statuses=timed%20out,in-progress") == []


async def test_names_are_exact_and_a_search_is_not(shared: ApiBench) -> None:
    await record(shared, "Needle in hay")
    assert await tasks(shared, "names=note&search=NEEDLE") == ["Needle in hay"]
    assert await tasks(shared, "names=not&search=needle") == []
    assert await tasks(shared, "search=n%25dle") == []


async def test_silent_tasks_are_shown_when_asked_for(shared: ApiBench) -> None:
    await record(shared, "hush", silent=True)
    assert await tasks(shared, "search=hush") == []
    assert await tasks(shared, "search=hush&silent=true") == ["hush"]


@pytest.mark.parametrize("query", ["view=tree", "withoutOrigin=true"])
async def test_a_tree_has_what_a_task_produced_below_it(shared: ApiBench, query: str) -> None:
    shared.runbook("leaf", "steps: [{run: 'true'}]")
    shared.runbook("root", "steps: [{spawn: leaf}]")
    root = await shared.ran("root")
    found = await shared.get(f"/v1/tasks?names=root&{query}")
    shown = next(task for task in found["items"] if task["id"] == root["id"])
    below = [one for one in found["treeItems"] if one["parentId"] == root["id"]]
    assert [one["task"]["name"] for one in below] == ["leaf"]
    assert [one["task"]["id"] for one in below] == shown["spawnedTaskIds"]
    assert below[0]["task"]["originTaskId"] == root["id"]
    assert found["treeTruncated"] is False


async def test_without_jobs_nothing_else_of_a_task_is_missing(shared: ApiBench) -> None:
    shared.runbook("short", "steps: [{run: 'true'}]")
    shared.runbook("long", "jobs: {one: {steps: [{spawn: short}]}, two: {steps: [{run: 'true'}]}}")
    task_id = (await shared.ran("long"))["id"]
    for query in ("names=long", "names=long&view=tree"):
        whole = await shared.get(f"/v1/tasks?{query}")
        brief = await shared.get(f"/v1/tasks?{query}&withoutJobs=true")
        assert [len(task["jobs"]) for task in whole["items"]] == [2]
        for task in [*whole["items"], *(below["task"] for below in whole["treeItems"] or ())]:
            assert task["jobs"] != []
            task["jobs"] = []
        assert brief == whole
    assert len((await shared.get(f"/v1/tasks/{task_id}"))["jobs"]) == 2
