"""The operations of an installation: named calls on JSON-shaped values, in this process."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasktrail.actions.backup import Backup
from tasktrail.actions.browse import browse, show, show_history
from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.cancel import cancel
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.explain import explain_error
from tasktrail.actions.find_logs import FoundLogs, LogSelection, find_logs
from tasktrail.actions.identity.identities import Identities
from tasktrail.actions.library import Library
from tasktrail.actions.logs import Extents, LogReading
from tasktrail.actions.present_definition import present_definition, present_listing
from tasktrail.actions.prune_history import HistoryPruning
from tasktrail.actions.prune_logs import LogPruning, present_pruned
from tasktrail.actions.record import Recording, record
from tasktrail.actions.rerun import rerun
from tasktrail.actions.submit import Order, submit
from tasktrail.actions.watch import Watching
from tasktrail.config import Config
from tasktrail.errors import InvalidInputError, NotFoundError
from tasktrail.local import request
from tasktrail.local.arguments import read_arguments, read_instant
from tasktrail.local.backup_operation import BackupOperation
from tasktrail.local.history_operation import PruneHistoryOperation
from tasktrail.local.identity_operations import IdentityOperations
from tasktrail.local.log_operations import LogOperations, present_names
from tasktrail.local.transport import JsonObject
from tasktrail.model.access import Actor
from tasktrail.model.author import Author, AuthorKind, Role, robot, superadmin
from tasktrail.model.retention import Retention
from tasktrail.store.log_places import placements
from tasktrail.store.task_filter import TaskFilter

_LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What the operations work on."""

    config: Config
    organization_id: int
    decisions: Decisions
    library: Library
    bulletin: Bulletin
    logs: LogReading
    pruning: LogPruning
    histories: HistoryPruning
    identities: Identities
    backup: Backup
    examine: Callable[[bool], Awaitable[list[JsonObject]]]


class Operations:
    """Performs operations; a `Transport` within this process.

    Whoever reaches it is the user that this installation belongs to, so that everybody acts as an
    owner of its organization, or as the robot or Superadmin when asked to.
    """

    def __init__(self, installation: Installation) -> None:
        self._own = installation
        self._keeper = Actor(
            author=robot(installation.config.robot), organization_id=installation.organization_id
        )
        self._watching = Watching(
            installation.decisions.store, installation.bulletin, installation.logs
        )
        self._logs = LogOperations(installation.logs, self._find_logs, self._follow_logs)
        self._calls: dict[str, Callable[[JsonObject], Awaitable[object]]] = {
            "submit": self._submit,
            "record": self._record,
            "tasks": self._tasks,
            "task": self._task,
            "history": self._history,
            "cancel": self._cancel,
            "rerun": self._rerun,
            "definitions": self._definitions,
            "definition": self._definition,
            "doctor": self._doctor,
            "logNames": self._log_names,
            "pruneLogs": self._prune_logs,
            "pruneHistory": PruneHistoryOperation(installation.histories, self._keeper).prune,
            **_identity_operations(installation).calls,
        }
        self._streams: dict[str, Callable[[JsonObject], AsyncIterator[object]]] = {
            "watch": self._watch,
            "logs": self._logs.lines,
            "rawLog": self._logs.raw,
            "search": self._logs.search,
            "backup": BackupOperation(installation.backup, self._actor).make,
        }

    async def call(self, operation: str, arguments: JsonObject, /) -> object:
        """See `Transport.call`."""
        return await _named(self._calls, operation)(arguments)

    def stream(self, operation: str, arguments: JsonObject, /) -> AsyncIterator[object]:
        """See `Transport.stream`."""
        return _named(self._streams, operation)(arguments)

    async def _submit(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.Submission)
        own = self._own
        order = Order(
            definition=await own.library.load(wanted.target, Path(wanted.root)),
            inputs=wanted.inputs,
            projects=wanted.projects,
            forced=wanted.forced,
            not_before=read_instant("notBefore", wanted.not_before),
        )
        return _accepted(await submit(own.decisions, own.library, self._actor(wanted), order))

    async def _record(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.Recording)
        recording = Recording(
            name=wanted.name,
            title=wanted.title,
            silent=wanted.silent,
            projects=wanted.projects,
            resources=wanted.resources,
        )
        return _accepted(await record(self._own.decisions, self._actor(wanted), recording))

    async def _cancel(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskDeed)
        await cancel(self._own.decisions, self._actor(wanted), wanted.id, forced=wanted.force)
        return _accepted(wanted.id)

    async def _rerun(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskDeed)
        own = self._own
        return _accepted(
            await rerun(
                own.decisions, own.library, self._actor(wanted), wanted.id, forced=wanted.force
            )
        )

    async def _tasks(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskFilter)
        _check_page(wanted.page, wanted.page_size)
        tree = wanted.view == "tree"
        return await browse(
            self._own.decisions.store,
            self._viewer(system=wanted.system),
            TaskFilter(
                statuses=wanted.statuses,
                names=wanted.names,
                search=wanted.search,
                projects=wanted.projects,
                in_project=None if wanted.scope is None else wanted.scope is request.Scope.PROJECT,
                resources=wanted.resources,
                authors=wanted.authors,
                users=wanted.users,
                roles=wanted.roles,
                origin_task_id=wanted.origin_task_id,
                repeated_task_id=wanted.repeated_task_id,
                silent=wanted.silent,
                # What one task has spawned is the root of a tree of its own.
                roots_only=tree and wanted.origin_task_id is None,
                created_after=read_instant("createdAfter", wanted.created_after),
            ),
            page=wanted.page,
            page_size=wanted.page_size,
            tree=tree,
        )

    async def _task(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskSelection)
        shown = await show(self._own.decisions.store, self._viewer(system=wanted.system), wanted.id)
        await explain_error(self._own.logs, shown)
        return shown

    async def _history(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskSelection)
        viewer = self._viewer(system=wanted.system)
        return await show_history(self._own.decisions.store, viewer, wanted.id)

    async def _definitions(self, _arguments: JsonObject) -> object:
        return present_listing(await self._own.library.listing())

    async def _definition(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.DefinitionSelection)
        library = self._own.library
        definition = await library.load(wanted.target, Path(wanted.root))
        return await library.ask(definition, present_definition)

    async def _doctor(self, arguments: JsonObject) -> object:
        return await self._own.examine(read_arguments(arguments, request.Checkup).check)

    async def _prune_logs(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.Pruning)
        own = self._own
        configured = own.config.retention
        retention = Retention(
            age=configured.age if wanted.older_than is None else wanted.older_than,
            size=configured.size if wanted.keep_size is None else wanted.keep_size,
        )
        if wanted.dry_run:
            return present_pruned(await own.pruning.plan(self._keeper, retention))
        return present_pruned(await own.pruning.prune(self._keeper, retention))

    async def _watch(self, arguments: JsonObject) -> AsyncGenerator[object]:
        wanted = read_arguments(arguments, request.WatchSelection)
        selection = LogSelection() if wanted.logs else None
        watched = self._watching.watch(self._viewer(system=wanted.system), wanted.id, selection)
        async with aclosing(watched) as items:
            async for item in items:
                yield item

    async def _log_names(self, arguments: JsonObject) -> object:
        found = await self._find_logs(read_arguments(arguments, request.LogSelection))
        keys = [(log.step_id, log.attempt) for log in found.logs]
        places = await self._own.decisions.store.read(
            lambda connection: placements(connection, keys)
        )
        return present_names(found, places)

    async def _find_logs(self, wanted: request.LogSelection) -> FoundLogs:
        viewer = self._viewer(system=wanted.system)
        return await find_logs(self._own.decisions.store, viewer, wanted.id, _selection(wanted))

    def _follow_logs(
        self, wanted: request.LogSelection, extents: Extents
    ) -> AsyncGenerator[JsonObject]:
        viewer = self._viewer(system=wanted.system)
        return self._watching.follow_logs(viewer, wanted.id, _selection(wanted), extents)

    def _viewer(self, *, system: bool) -> Actor:
        """Who looks: an owner, or where system steps are asked for, whoever operates this."""
        config = self._own.config
        owner = Author(kind=AuthorKind.USER, name=config.organization, role=Role.OWNER)
        author = superadmin(config.superadmin) if system else owner
        return Actor(author=author, organization_id=self._own.organization_id)

    def _actor(self, deed: request.Deed) -> Actor:
        return Actor(
            author=_author(self._own.config, deed), organization_id=self._own.organization_id
        )


def _selection(wanted: request.LogSelection) -> LogSelection:
    return LogSelection(job=wanted.job, step=wanted.step, attempt=wanted.attempt)


def _author(config: Config, deed: request.Deed) -> Author:
    match deed.author:
        case AuthorKind.ROBOT:
            return robot(config.robot)
        case AuthorKind.SUPERADMIN:
            return superadmin(config.superadmin)
        case AuthorKind.USER:
            # The ids of authors are those of people known here, not of accounts of a machine.
            return Author(kind=AuthorKind.USER, name=deed.user.name, role=Role.OWNER)


def _identity_operations(own: Installation) -> IdentityOperations:
    welcome = own.config.welcome_address
    return IdentityOperations(own.identities, own.organization_id, own.config.superadmin, welcome)


def _named(known: dict[str, Any], operation: str) -> Any:
    if operation not in known:
        raise NotFoundError(f"there is no operation {operation!r}")
    return known[operation]


def _check_page(page: int, size: int) -> None:
    if page < 1 or not 1 <= size <= _LARGEST_PAGE:
        raise InvalidInputError(
            f"page {page} of size {size} cannot be shown",
            hint=f"pages count from 1 and have 1 to {_LARGEST_PAGE} tasks",
        )


def _accepted(task_id: int) -> JsonObject:
    return {"success": True, "taskId": task_id}
