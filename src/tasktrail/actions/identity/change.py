"""Changes to people, rights and credentials: each is a task, in the same transaction (M1, M11)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Generic, TypeVar

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.identity.require import Need
from tasktrail.actions.identity.standing import standing
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.record import Recording, enter_record
from tasktrail.model.access import Actor
from tasktrail.model.administration import AdministrationName
from tasktrail.model.caller import Caller
from tasktrail.model.plan import Resource
from tasktrail.store.identity.memberships import hold_rights
from tasktrail.store.organizations import NamedProjects

T = TypeVar("T")

SILENT_TASKS = ("session.*",)
"""Names of the tasks that are recorded silently (M18), as in the settings that nobody changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What was done, as the task that records it says. `organization_id` is that of who did it,
    unless it is given."""

    name: AdministrationName
    title: str
    project_ids: tuple[int, ...] = ()
    resources: tuple[Resource, ...] = ()
    organization_id: int | None = None


@dataclass(frozen=True, slots=True)
class Changed(Generic[T]):
    """A change that is durable: what came of it, and the task that records it."""

    value: T
    task_id: int


class Changes:
    """The way by which everything that changes people, rights or credentials goes.

    `changed` is told of each one once it is durable, before whoever asked for it is.
    """

    def __init__(
        self,
        decisions: Decisions,
        changed: Callable[[], None],
        silent: Iterable[str] = SILENT_TASKS,
    ) -> None:
        self.decisions = decisions
        self.store = decisions.store
        self.clock = decisions.clock
        self._changed = changed
        self._silent = tuple(silent)

    async def change(
        self, caller: Caller, need: Need, apply: Callable[[Ledger, Caller], tuple[T, Deed]]
    ) -> Changed[T]:
        """Have `apply` make a change for a caller, and record it in the same transaction.

        `need` refuses whoever may not make it. It is asked at once, and again in the transaction:
        there it gets the caller as it stands at that moment, and so does `apply`. Until the end of
        the transaction nobody else changes rights in the organization. `apply` may be done again
        from the start, so it must have no effect beside its ledger.

        Raises:
            NotSignedInError: the caller has lost the credential, or all rights there, meanwhile.
            StoreUnavailableError: nothing was kept.
            Exception: whatever `need` and `apply` raise; nothing was kept.
        """
        need(caller.actor)

        def work(ledger: Ledger) -> Changed[T]:
            hold_rights(ledger.transaction.connection, caller.actor.organization_id)
            now = standing(ledger, caller)
            need(now.actor)
            value, deed = apply(ledger, now)
            return Changed(value, self._enter(ledger, now.actor, deed))

        return await self._make(work)

    async def change_as(
        self, actor: Actor, apply: Callable[[Ledger], tuple[T, Deed]]
    ) -> Changed[T]:
        """As `change`, where nobody has asked who could lose the right to: the change is of the
        installation itself, or of somebody who proves in it to be that person."""

        def work(ledger: Ledger) -> Changed[T]:
            hold_rights(ledger.transaction.connection, actor.organization_id)
            value, deed = apply(ledger)
            return Changed(value, self._enter(ledger, actor, deed))

        return await self._make(work)

    async def _make(self, work: Callable[[Ledger], Changed[T]]) -> Changed[T]:
        return await self.decisions.make(work, lambda _: self._changed())

    def _enter(self, ledger: Ledger, actor: Actor, deed: Deed) -> int:
        """Record the change that `ledger` makes; the id of the task."""
        recording = Recording(
            name=deed.name,
            title=deed.title,
            silent=any(fnmatchcase(deed.name, pattern) for pattern in self._silent),
            resources=deed.resources,
        )
        if deed.organization_id is not None:
            actor = replace(actor, organization_id=deed.organization_id)
        return enter_record(ledger, actor, recording, NamedProjects(deed.project_ids, {}))
