"""Who may do what: the table of access, as a matrix, and default deny."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tasktrail.model.access import EVERY_DEFINITION, Actor, ProjectRole, Scope, allows, highest
from tasktrail.model.author import Author, AuthorKind, Role, robot, superadmin
from tasktrail.model.permission import Permission

HERE, ELSEWHERE = 1, 2
SHOP, BLOG = 10, 20
READ, WRITE, ADMIN = ProjectRole


def person(
    role: Role | None,
    projects: dict[int, ProjectRole] | None = None,
    *,
    opened: str = "",
    default: bool = True,
) -> Actor:
    return Actor(
        author=Author(kind=AuthorKind.USER, name="Ann", id=7, role=role),
        organization_id=HERE,
        projects=projects or {},
        support_definitions=frozenset(opened.split()),
        support_default=default,
    )


def scope(
    *project_ids: int, support: bool = False, own: bool = False, organization_id: int = HERE
) -> Scope:
    author = Author(kind=AuthorKind.USER, name="A", id=7 if own else 8, role=Role.MEMBER)
    return Scope(
        organization_id=organization_id,
        definition="deploy",
        project_ids=frozenset(project_ids),
        support=support,
        author=author,
    )


OWNER, ADMINISTRATOR = person(Role.OWNER), person(Role.ADMIN)
STRANGER = person(Role.MEMBER)
READER = person(Role.MEMBER, {SHOP: READ})
WRITER = person(Role.MEMBER, {SHOP: WRITE})
PROJECT_ADMIN = person(Role.MEMBER, {SHOP: ADMIN})
SUPPORT = person(Role.SUPPORT)
SUPPORT_OPENED = person(Role.SUPPORT, opened="backup deploy")
SUPPORT_OPENED_ALL = person(Role.SUPPORT, opened=EVERY_DEFINITION)
SUPPORT_BY_GRANT_ONLY = person(Role.SUPPORT, opened="deploy", default=False)
SUPPORT_SHUT_OUT = person(Role.SUPPORT, opened="backup", default=False)
ROBOT = Actor(author=robot("Wodbot"), organization_id=HERE)
SUPERADMIN = Actor(author=superadmin(), organization_id=HERE)
NOBODY = person(None, {SHOP: ADMIN})

IN_PROJECT, OF_ORGANIZATION = scope(SHOP), scope()
OWN, IN_TWO = scope(SHOP, own=True), scope(SHOP, BLOG, own=True)
FOR_SUPPORT = scope(support=True)

# see, see_system, notice_system, submit, rerun, cancel, record
OF_A_TASK = [each for each in Permission if each.startswith("task:")]
MATRIX = [
    ("owner", OWNER, IN_PROJECT, "y-yyyyy"),
    ("owner", OWNER, OF_ORGANIZATION, "y-yyyyy"),
    ("admin", ADMINISTRATOR, IN_PROJECT, "y--yyyy"),
    ("admin", ADMINISTRATOR, OF_ORGANIZATION, "y--yyyy"),
    ("member of no project", STRANGER, IN_PROJECT, "-------"),
    ("member of no project, own task", STRANGER, OWN, "-------"),
    ("member of no project", STRANGER, OF_ORGANIZATION, "-------"),
    ("reader", READER, IN_PROJECT, "y------"),
    ("reader, own task", READER, OWN, "y------"),
    ("reader, organization's task", READER, OF_ORGANIZATION, "-------"),
    ("writer, another's task", WRITER, IN_PROJECT, "y--yy-y"),
    ("writer, own task", WRITER, OWN, "y--yyyy"),
    ("writer in one of two projects", WRITER, IN_TWO, "y------"),
    ("writer, organization's task", WRITER, OF_ORGANIZATION, "-------"),
    ("writer, organization's own task", WRITER, scope(own=True), "-------"),
    ("writer, definition for support", WRITER, FOR_SUPPORT, "-------"),
    ("project admin", PROJECT_ADMIN, IN_PROJECT, "y--yy-y"),
    ("project admin, own task", PROJECT_ADMIN, OWN, "y--yyyy"),
    ("support, not opened", SUPPORT, IN_PROJECT, "yyy----"),
    ("support, not opened", SUPPORT, OF_ORGANIZATION, "yyy----"),
    ("support, definition says so", SUPPORT, FOR_SUPPORT, "yyyyyy-"),
    ("support, opened by the owner", SUPPORT_OPENED, IN_PROJECT, "yyyyyy-"),
    ("support, everything opened", SUPPORT_OPENED_ALL, IN_PROJECT, "yyyyyy-"),
    ("support, opened by the owner, no default", SUPPORT_BY_GRANT_ONLY, IN_PROJECT, "yyyyyy-"),
    ("support, definition says so, no default", SUPPORT_SHUT_OUT, FOR_SUPPORT, "yyy----"),
    ("robot", ROBOT, OF_ORGANIZATION, "y--yyyy"),
    ("superadmin", SUPERADMIN, OF_ORGANIZATION, "yyyyyyy"),
    ("no role", NOBODY, OWN, "-------"),
]


@pytest.mark.parametrize(("_who", "actor", "about", "expected"), MATRIX)
def test_the_matrix(_who: str, actor: Actor, about: Scope, expected: str) -> None:
    found = "".join("y" if allows(actor, each, about) else "-" for each in OF_A_TASK)
    assert found == expected


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize(
    "actor", [OWNER, ADMINISTRATOR, PROJECT_ADMIN, SUPPORT_OPENED_ALL, ROBOT, SUPERADMIN]
)
def test_nobody_has_rights_in_another_organization(actor: Actor, permission: Permission) -> None:
    there = scope(SHOP, support=True, own=True, organization_id=ELSEWHERE)
    assert not allows(actor, permission, there)


def test_who_could_submit_a_task_may_rerun_it_and_nobody_else() -> None:
    for _, actor, about, _ in MATRIX:
        unborn = replace(about, author=None)
        submits = allows(actor, Permission.SUBMIT, unborn)
        assert allows(actor, Permission.RERUN, about) == submits


def test_what_can_be_done_can_be_seen() -> None:
    for _, actor, about, _ in MATRIX:
        if any(allows(actor, each, about) for each in OF_A_TASK):
            assert allows(actor, Permission.SEE, about)


def test_the_robot_s_tasks_are_nobody_s_own() -> None:
    by_robot = replace(IN_PROJECT, author=robot("Wodbot"))
    member_without_id = replace(WRITER, author=replace_id(WRITER.author))
    assert not allows(WRITER, Permission.CANCEL, by_robot)
    assert not allows(member_without_id, Permission.CANCEL, by_robot)


def replace_id(author: Author) -> Author:
    return Author(kind=author.kind, name=author.name, role=author.role)


def test_the_highest_role_in_a_project_counts() -> None:
    assert highest([READ, ADMIN, WRITE]) is ADMIN
    assert highest([]) is None
