"""The filters of `GET /tasks` (rest-contract.md) as they come in a query string."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from tasktrail.errors import InvalidInputError, NotFoundError, Problem
from tasktrail.model.access import Actor
from tasktrail.model.author import AuthorKind, Role
from tasktrail.model.instant import Instant, from_datetime
from tasktrail.model.plan import Resource
from tasktrail.model.status import TASK_STATUSES, parse_status
from tasktrail.store.task_filter import TaskFilter

LARGEST_PAGE = 100
DEFAULT_PAGE = 30
LARGEST_ID = 2**63 - 1
_LONGEST_TEXT = 200
_MOST_VALUES = 100
_LAST_PAGE = 1_000_000_000

RESOURCE_PARAMETERS = {
    "appId": "app",
    "appInstanceId": "app_instance",
    "stackId": "stack",
    "databaseId": "database",
    "clusterId": "cluster",
    "serviceId": "service",
    "integrationId": "integration",
    "providerId": "provider",
}
"""Which kind of resource a parameter names; several parameters must all be met."""

_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)


class ListScope(StrEnum):
    """To whom a task belongs (M10). No task of ours belongs to a user alone; `project_only` is an
    addition to the contract."""

    PROJECT_AND_ORG = "project_and_org"
    PROJECT_ONLY = "project_only"
    ORG_ONLY = "org_only"
    USER_ONLY = "user_only"


class ListKind(StrEnum):
    """What was done: what a definition does or somebody notes, or a change to people, rights or
    credentials; an addition to the contract."""

    EVERYTHING = "everything"
    OPERATIONS = "operations"
    ADMINISTRATION = "administration"


class ListView(StrEnum):
    """Whether spawned tasks stand below their origin or in the list itself."""

    FLAT = "flat"
    TREE = "tree"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskQuery:
    """Which tasks are asked for, which page of them (from 1), and how much of each."""

    wanted: TaskFilter
    page: int
    page_size: int
    tree: bool
    with_jobs: bool


def read_task_query(parameters: Mapping[str, str], actor: Actor) -> TaskQuery:
    """The query that `parameters` spell; those that are not known are ignored, empty ones too.

    Raises:
        InvalidInputError: values are wrong; all of them are named.
        NotFoundError: `orgId` is another organization than the one in which `actor` acts.
    """
    reader = _Reader(parameters)
    organization_id = reader.whole("orgId")
    scope = reader.word("scope", ListScope) or ListScope.PROJECT_AND_ORG
    kind = reader.word("kind", ListKind) or ListKind.EVERYTHING
    view = reader.word("view", ListView)
    tree = reader.truth("withoutOrigin") if view is None else view is ListView.TREE
    origin = reader.whole("originTaskId")
    wanted = TaskFilter(
        statuses=reader.values("statuses", parse_status, _STATUS_NAMES),
        names=reader.values("names", str, "names of operations"),
        search=reader.text("search"),
        project_ids=reader.values("projectIds", _id, "ids of projects"),
        in_project=_IN_PROJECT.get(scope),
        administration=_ADMINISTRATION.get(kind),
        all_resources=tuple(reader.resources()),
        authors=reader.values("authors", AuthorKind, ", ".join(AuthorKind)),
        users=reader.values("users", str, "names of people"),
        roles=reader.values("roles", Role, ", ".join(Role)),
        origin_task_id=origin,
        repeated_task_id=reader.whole("repeatedTaskId"),
        silent=reader.truth("silent"),
        # What one task has spawned is the root of a tree of its own.
        roots_only=tree and origin is None,
        created_after=reader.moment("createdAfter"),
        nothing=scope is ListScope.USER_ONLY,
    )
    page = reader.whole("page", 1, _LAST_PAGE) or 1
    size = reader.whole("pageSize", 1, LARGEST_PAGE) or DEFAULT_PAGE
    with_jobs = not reader.truth("withoutJobs")
    reader.refuse_problems()
    if organization_id not in (None, actor.organization_id):
        raise NotFoundError(f"there is no organization {organization_id}")
    return TaskQuery(wanted=wanted, page=page, page_size=size, tree=tree, with_jobs=with_jobs)


_IN_PROJECT = {ListScope.ORG_ONLY: False, ListScope.PROJECT_ONLY: True}
_ADMINISTRATION = {ListKind.OPERATIONS: False, ListKind.ADMINISTRATION: True}
_STATUS_NAMES = ", ".join(TASK_STATUSES)


class _Reader:
    """Reads parameters one by one, and keeps what is wrong with them."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self._parameters = parameters
        self._problems: list[Problem] = []

    def refuse_problems(self) -> None:
        if self._problems:
            raise InvalidInputError("the tasks cannot be listed so", problems=tuple(self._problems))

    def text(self, name: str) -> str | None:
        value = self._parameters.get(name, "").strip()
        if "\0" in value or len(value) > _LONGEST_TEXT:
            self._refuse(name, f"must have 1 to {_LONGEST_TEXT} characters, none of them NUL")
            return None
        return value or None

    def values(self, name: str, read: Callable[[str], _T], known: str) -> tuple[_T, ...]:
        words = [word.strip() for word in self._parameters.get(name, "").split(",")]
        words = [word for word in words if word]
        if len(words) > _MOST_VALUES:
            self._refuse(name, f"must be at most {_MOST_VALUES} values")
            return ()
        found: list[_T] = []
        for word in words:
            try:
                found.append(read(_storable(word)))
            except ValueError:
                self._refuse(name, f"must be some of: {known}")
                break
        return tuple(dict.fromkeys(found))

    def word(self, name: str, known: type[_E]) -> _E | None:
        value = self._parameters.get(name, "").strip().lower()
        if not value:
            return None
        try:
            return known(value)
        except ValueError:
            self._refuse(name, f"must be one of: {', '.join(known)}")
            return None

    def whole(self, name: str, least: int = 1, most: int = LARGEST_ID) -> int | None:
        value = self._parameters.get(name, "").strip()
        if not value:
            return None
        try:
            number = _id(value)
        except ValueError:
            number = 0
        if not least <= number <= most:
            self._refuse(name, f"must be a whole number from {least} to {most}")
            return None
        return number

    def truth(self, name: str) -> bool:
        value = self._parameters.get(name, "").strip().lower()
        if value not in _TRUTHS:
            self._refuse(name, "must be true or false")
        return _TRUTHS.get(value, False)

    def moment(self, name: str) -> Instant | None:
        value = self._parameters.get(name, "").strip()
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is not None:
                return from_datetime(moment)
        except (ValueError, OverflowError):
            pass
        self._refuse(name, "must be an RFC 3339 time with a time zone")
        return None

    def resources(self) -> Iterable[Resource]:
        for name, kind in RESOURCE_PARAMETERS.items():
            value = self.text(name)
            if value is not None:
                yield Resource(kind, value)

    def _refuse(self, name: str, message: str) -> None:
        self._problems.append(Problem(f"{name} {message}", field=name))


_TRUTHS = {"": False, "false": False, "0": False, "true": True, "1": True}


def _id(word: str) -> int:
    """Decimal digits of a number that an id can be, and nothing else that `int` would take."""
    if not (word.isascii() and word.isdecimal()) or len(word) > len(str(LARGEST_ID)):
        raise ValueError(word)
    number = int(word)
    if number > LARGEST_ID:
        raise ValueError(word)
    return number


def _storable(word: str) -> str:
    if "\0" in word or len(word) > _LONGEST_TEXT:
        raise ValueError(word)
    return word
