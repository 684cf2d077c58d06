"""The arguments of the operations, in the camelCase JSON of the REST contract."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, cast

import msgspec
from msgspec import Meta, Struct

from tasktrail.errors import NotFoundError
from tasktrail.local.transport import JsonObject
from tasktrail.model.author import AuthorKind, Role
from tasktrail.model.plan import Resource
from tasktrail.model.retention import LONGEST_AGE
from tasktrail.model.status import Status


class Request(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Arguments of one operation; what is left at its default does not travel."""

    def arguments(self) -> JsonObject:
        """The JSON object that travels."""
        return cast("JsonObject", msgspec.to_builtins(self))


class Person(Struct, frozen=True, kw_only=True):
    """Who sits at the command line: the id and the name of an account of the machine."""

    id: int
    name: str


class Deed(Request, frozen=True, kw_only=True, rename="camel"):
    """A request that changes something: by whom, as which kind of author (M6)."""

    author: AuthorKind
    user: Person


class Submission(Deed, frozen=True, kw_only=True, rename="camel"):
    """Asks for a new executable task.

    `target` is a file, `module:function` or a catalog name; `root` the directory from which files
    and imports are found. `not_before` is an RFC 3339 time.
    """

    target: str
    root: str
    inputs: dict[str, str] = {}
    projects: tuple[str, ...] = ()
    forced: bool = False
    not_before: str | None = None


class Recording(Deed, frozen=True, kw_only=True, rename="camel"):
    """Asks for an immediate task (M11)."""

    name: str
    title: str
    silent: bool = False
    projects: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = ()


class TaskDeed(Deed, frozen=True, kw_only=True, rename="camel"):
    """Asks for something to be done to a task. `force`: see the operations `cancel`, `rerun`."""

    id: int
    force: bool = False


class Scope(StrEnum):
    """What a task belongs to: a project, or the organization as a whole (M10)."""

    PROJECT = "project"
    ORG = "org"


class TaskFilter(Request, frozen=True, kw_only=True, rename="camel"):
    """Which tasks a list shows. Empty means all; silent tasks only when asked for (M18)."""

    statuses: tuple[Status, ...] = ()
    names: tuple[str, ...] = ()
    search: str | None = None
    projects: tuple[str, ...] = ()
    view: str = "flat"
    silent: bool = False
    scope: Scope | None = None
    resources: tuple[Resource, ...] = ()
    authors: tuple[AuthorKind, ...] = ()
    users: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    origin_task_id: int | None = None
    repeated_task_id: int | None = None
    created_after: str | None = None
    page: int = 1
    page_size: int = 30
    system: bool = False


class TaskSelection(Request, frozen=True, kw_only=True, rename="camel"):
    """One task; with `system` its system jobs and steps too (M19)."""

    id: int
    system: bool = False


class WatchSelection(TaskSelection, frozen=True, kw_only=True, rename="camel"):
    """A task to follow to its end; with `logs` the lines of all its steps too."""

    logs: bool = False


class LogBeginning(Struct, frozen=True, kw_only=True, rename="camel"):
    """The log of an attempt, from `line` on."""

    step_id: int
    attempt: int
    line: int


class LogSelection(TaskSelection, frozen=True, kw_only=True, rename="camel"):
    """Logs of a task: of all its steps or those chosen, of the last attempt unless one is chosen.

    `first` and `last` are line numbers of each log, negative ones from its end; `since` is an
    RFC 3339 time; `tail` asks for the last lines of all. With `follow` until the task has ended.
    In place of all these, `begins` names the logs that there were when it was found out where they
    begin: those before them are left out, and of later ones all is wanted.
    """

    job: str | None = None
    step: str | None = None
    attempt: int | None = None
    first: int | None = None
    last: int | None = None
    since: str | None = None
    tail: int | None = None
    follow: bool = False
    begins: tuple[LogBeginning, ...] | None = None

    def without_attempt(self) -> NotFoundError:
        """What is said where no step that is meant has had the attempt."""
        return NotFoundError(
            f"no step that is meant of task {self.id} has had an attempt {self.attempt}",
            hint="without --attempt it is the last one of each; 'tasktrail task show' tells of all",
        )


class LogSearch(LogSelection, frozen=True, kw_only=True, rename="camel"):
    """Lines of a task's logs in which `text` is found, with lines around them or only counted."""

    text: str
    regex: bool = False
    ignore_case: bool = False
    context: int = 0
    count: bool = False


class Checkup(Request, frozen=True, kw_only=True, rename="camel"):
    """What `doctor` is to look at; with `check` at every task, log and process too."""

    check: bool = False


class Pruning(Request, frozen=True, kw_only=True, rename="camel"):
    """Asks for the removal of finished logs: those whose tasks ended `older_than` seconds ago, and
    the oldest beyond `keep_size` bytes. None stands for what is configured."""

    older_than: Annotated[float, Meta(ge=0, le=LONGEST_AGE)] | None = None
    keep_size: Annotated[int, Meta(ge=0)] | None = None
    dry_run: bool = False


class HistoryPruning(Request, frozen=True, kw_only=True, rename="camel"):
    """Asks for the removal of histories: those of months that ended `older_than` seconds ago."""

    older_than: Annotated[float, Meta(ge=0, le=LONGEST_AGE)]
    dry_run: bool = False


class Backup(Deed, frozen=True, kw_only=True, rename="camel"):
    """Asks for a copy of everything in the new directory `target`, an absolute path."""

    target: str


class DefinitionSelection(Request, frozen=True, kw_only=True, rename="camel"):
    """One definition, named as in `Submission`."""

    target: str
    root: str
