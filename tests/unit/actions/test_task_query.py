"""The query string of the task list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tasktrail.actions.task_query import read_task_query
from tasktrail.errors import InvalidInputError, NotFoundError
from tasktrail.model.access import Actor
from tasktrail.model.author import AuthorKind, Role, robot
from tasktrail.model.instant import from_datetime
from tasktrail.model.plan import Resource
from tasktrail.model.status import Status
from tasktrail.store.task_filter import TaskFilter

ACTOR = Actor(author=robot("Wodbot"), organization_id=7)


def wanted(**parameters: str) -> TaskFilter:
    return read_task_query(parameters, ACTOR).wanted


def test_nothing_given_is_the_first_page_of_everything_that_is_not_silent() -> None:
    query = read_task_query({}, ACTOR)
    assert (query.page, query.page_size, query.tree, query.with_jobs) == (1, 30, False, True)
    assert query.wanted == TaskFilter()
    blank: dict[str, str] = dict.fromkeys(("statuses", "search", "projectIds", "page"), "")
    assert read_task_query(blank, ACTOR) == query
    assert read_task_query({"unknown": "x"}, ACTOR) == query


@pytest.mark.parametrize(
    "spelled", ["in_progress", "in+progress", "In Progress", "IN-PROGRESS", " in progress "]
)
def test_a_status_may_be_spelled_in_any_way(spelled: str) -> None:
    assert wanted(statuses=spelled).statuses == (Status.IN_PROGRESS,)


def test_every_filter_of_the_contract_is_read() -> None:
    query = read_task_query(
        {
            "orgId": "7",
            "scope": "project_and_org",
            "projectIds": "3, 1,3",
            "view": "tree",
            "statuses": "done,failed",
            "names": "deploy,back up",
            "search": " 1.4.2 ",
            "appId": "1",
            "appInstanceId": "2",
            "stackId": "3",
            "databaseId": "4",
            "clusterId": "5",
            "serviceId": "6",
            "integrationId": "7",
            "providerId": "x",
            "authors": "robot",
            "users": "Ann",
            "roles": "owner,admin",
            "silent": "true",
            "createdAfter": "2026-11-24T00:00:00Z",
            "page": "4",
            "pageSize": "100",
        },
        ACTOR,
    )
    assert (query.page, query.page_size, query.tree) == (4, 100, True)
    assert query.wanted == TaskFilter(
        statuses=(Status.DONE, Status.FAILED),
        names=("deploy", "back up"),
        search="1.4.2",
        project_ids=(3, 1),
        all_resources=(
            Resource("app", "1"),
            Resource("app_instance", "2"),
            Resource("stack", "3"),
            Resource("database", "4"),
            Resource("cluster", "5"),
            Resource("service", "6"),
            Resource("integration", "7"),
            Resource("provider", "x"),
        ),
        authors=(AuthorKind.ROBOT,),
        users=("Ann",),
        roles=(Role.OWNER, Role.ADMIN),
        silent=True,
        roots_only=True,
        created_after=from_datetime(datetime(2026, 11, 24, tzinfo=UTC)),
    )


def test_the_old_alias_of_the_tree_view_still_works() -> None:
    assert read_task_query({"withoutOrigin": "true"}, ACTOR).tree
    assert not read_task_query({"withoutOrigin": "true", "view": "flat"}, ACTOR).tree
    assert wanted(withoutOrigin="1").roots_only
    assert not wanted(view="tree", originTaskId="5").roots_only


def test_scopes_tell_whose_tasks_are_meant() -> None:
    assert wanted(scope="org_only").in_project is False
    assert wanted(scope="project_and_org").in_project is None
    assert wanted(scope="user_only").nothing


def test_kinds_tell_operations_from_changes_to_people_and_rights() -> None:
    assert wanted(kind="administration").administration is True
    assert wanted(kind="operations").administration is False
    assert wanted(kind="everything").administration is None
    assert wanted().administration is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("statuses", "done,lost"),
        ("projectIds", "1,x"),
        ("projectIds", "1e3"),
        ("projectIds", "\N{SUPERSCRIPT TWO}"),
        ("projectIds", "9" * 19),
        ("projectIds", "9" * 10_000),
        ("projectIds", ",".join(map(str, range(101)))),
        ("search", "x" * 201),
        ("search", "a\0b"),
        ("names", "a\0b"),
        ("appId", "\0"),
        ("scope", "mine"),
        ("view", "list"),
        ("kind", "records"),
        ("withoutOrigin", "maybe"),
        ("withoutJobs", "maybe"),
        ("page", "0"),
        ("page", "-1"),
        ("page", "1000000001"),
        ("pageSize", "101"),
        ("pageSize", "0"),
        ("orgId", "x"),
        ("createdAfter", "yesterday"),
        ("createdAfter", "2026-11-24T00:00:00"),
    ],
)
def test_what_is_wrong_is_named(name: str, value: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_task_query({name: value}, ACTOR)
    assert [problem.field for problem in refused.value.problems] == [name]


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_task_query({"page": "x", "statuses": "lost", "view": "round"}, ACTOR)
    assert {problem.field for problem in refused.value.problems} == {"page", "statuses", "view"}


def test_another_organization_is_one_that_does_not_exist() -> None:
    with pytest.raises(NotFoundError, match=r"^there is no organization 8$"):
        read_task_query({"orgId": "8"}, ACTOR)
