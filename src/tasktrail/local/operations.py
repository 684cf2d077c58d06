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
from tasktrail.actions.prune_logs import LogPruning
from tasktrail.actions.public_address import PublicAddress
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
from tasktrail.local.operator import Operator
from tasktrail.local.prune_operation import PruneOperation
from tasktrail.local.transport import JsonObject
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
    address: PublicAddress
    backup: Backup
    examine: Callable[[bool], Awaitable[list[JsonObject]]]


class Operations:
    """Performs operations; a `Transport` within this process.

    Whoever reaches it is the operator of the machine (see `Operator`).
    """

    def __init__(self, installation: Installation) -> None:
        self._own = installation
        self._who = Operator(installation.config, installation.organization_id)
        self._watching = Watching(installation.decisions, installation.bulletin, installation.logs)
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
            "logBeginnings": self._logs.beginnings,
            "pruneLogs": PruneOperation(
                installation.pruning, installation.config.retention, self._who.robot
            ).prune,
            "pruneHistory": PruneHistoryOperation(installation.histories, self._who.robot).prune,
            **_identity_operations(installation).calls,
        }
        self._streams: dict[str, Callable[[JsonObject], AsyncIterator[object]]] = {
            "watch": self._watch,
            "logs": self._logs.lines,
            "rawLog": self._logs.raw,
            "search": self._logs.search,
            "backup": BackupOperation(installation.backup, self._who.actor).make,
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
        return _accepted(await submit(own.decisions, own.library, self._who.actor(wanted), order))

    async def _record(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.Recording)
        recording = Recording(
            name=wanted.name,
            title=wanted.title,
            silent=wanted.silent,
            projects=wanted.projects,
            resources=wanted.resources,
        )
        return _accepted(await record(self._own.decisions, self._who.caller(wanted), recording))

    async def _cancel(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskDeed)
        await cancel(self._own.decisions, self._who.caller(wanted), wanted.id, forced=wanted.force)
        return _accepted(wanted.id)

    async def _rerun(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskDeed)
        own = self._own
        return _accepted(
            await rerun(
                own.decisions,
                own.library,
                self._who.actor(wanted),
                wanted.id,
                forced=wanted.force,
            )
        )

    async def _tasks(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskFilter)
        _check_page(wanted.page, wanted.page_size)
        tree = wanted.view == "tree"
        return await browse(
            self._own.decisions.store,
            self._who.viewer(system=wanted.system),
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
            now=self._own.decisions.clock(),
        )

    async def _task(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskSelection)
        decisions, viewer = self._own.decisions, self._who.viewer(system=wanted.system)
        shown = await show(decisions.store, viewer, wanted.id, decisions.clock())
        await explain_error(self._own.logs, shown)
        return shown

    async def _history(self, arguments: JsonObject) -> object:
        wanted = read_arguments(arguments, request.TaskSelection)
        viewer = self._who.viewer(system=wanted.system)
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

    async def _watch(self, arguments: JsonObject) -> AsyncGenerator[object]:
        wanted = read_arguments(arguments, request.WatchSelection)
        selection = LogSelection() if wanted.logs else None
        watched = self._watching.watch(self._who.viewer(system=wanted.system), wanted.id, selection)
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
        viewer = self._who.viewer(system=wanted.system)
        return await find_logs(self._own.decisions.store, viewer, wanted.id, _selection(wanted))

    def _follow_logs(
        self, wanted: request.LogSelection, extents: Extents
    ) -> AsyncGenerator[JsonObject]:
        viewer = self._who.viewer(system=wanted.system)
        return self._watching.follow_logs(viewer, wanted.id, _selection(wanted), extents)


def _selection(wanted: request.LogSelection) -> LogSelection:
    return LogSelection(job=wanted.job, step=wanted.step, attempt=wanted.attempt)


def _identity_operations(own: Installation) -> IdentityOperations:
    name = own.config.superadmin
    return IdentityOperations(own.identities, own.organization_id, name, own.address)


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
