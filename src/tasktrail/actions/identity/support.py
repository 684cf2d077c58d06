"""Support access: an owner opens it, for some definitions, for a time, for a reason (M7, M8)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass

from tasktrail.actions.identity.change import Changed, Changes, Deed
from tasktrail.actions.identity.require import require, to
from tasktrail.actions.identity.support_coverage import cancel_uncovered
from tasktrail.actions.identity.text import LONGEST_NAME, LONGEST_REASON, check, name_problem, plain
from tasktrail.actions.ledger import Ledger
from tasktrail.definitions.suggestion import suggestion_or_listing
from tasktrail.errors import ConflictError, NotFoundError, Problem
from tasktrail.model.access import EVERY_DEFINITION, Actor
from tasktrail.model.author import robot
from tasktrail.model.caller import Caller
from tasktrail.model.instant import Instant, in_words, seconds_between
from tasktrail.model.permission import Permission
from tasktrail.store.identity.support_grants import (
    SupportGrant,
    close_grant,
    expired_grants,
    find_support_grant,
    grants_of,
    next_expiry,
    open_grant,
)
from tasktrail.store.identity.support_tasks import has_tasks_of
from tasktrail.store.store import Connection

SHORTEST, LONGEST = 60.0, 30 * 86400.0
"""Seconds for which support access can be opened."""

_MOST_DEFINITIONS = 100

_NEED = to(Permission.MANAGE_SUPPORT)


@dataclass(frozen=True, slots=True)
class Closed:
    """Support access that is closed, and the tasks that are canceled by it."""

    grant: SupportGrant
    canceled: tuple[int, ...]


class SupportAccess:
    """The support access to the organization of a caller."""

    def __init__(self, changes: Changes, robot_name: str) -> None:
        self._changes = changes
        self._robot = robot(robot_name)
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Tell `listener` when access was opened, so that it can note when that expires."""
        self._listeners.append(listener)

    async def list(self, caller: Caller) -> list[SupportGrant]:
        """All support access that ever was, the newest first.

        Raises:
            NotAllowedError: the caller may not see it.
        """
        require(caller.actor, Permission.SEE_SUPPORT)
        return await self._changes.store.read(
            lambda connection: grants_of(connection, caller.actor.organization_id)
        )

    async def open(
        self,
        caller: Caller,
        *,
        definitions: Iterable[str],
        reason: str,
        until: Instant,
        catalog: Collection[str],
    ) -> Changed[SupportGrant]:
        """Let support run tasks of these definitions (or of `EVERY_DEFINITION`) until then.

        A definition is one of the `catalog`, or one that the organization has tasks of: these may
        be of files elsewhere.

        Raises:
            InvalidInputError: no definitions, or some that there are not, no reason, or a time that
                is too short or long.
            NotAllowedError: the caller may not; only owners may.
        """
        reason = plain(reason)
        names = tuple(dict.fromkeys(plain(name) for name in definitions))
        _check(names, reason, seconds_between(self._changes.clock(), until))

        def apply(ledger: Ledger, now: Caller) -> tuple[SupportGrant, Deed]:
            connection, actor = ledger.transaction.connection, now.actor
            _check_known(connection, actor, names, catalog)
            grant_id = open_grant(
                connection,
                organization_id=actor.organization_id,
                definitions=names,
                reason=reason,
                by=actor.author,
                now=ledger.now,
                expires_at=until,
            )
            grant = _found(connection, actor, grant_id)
            return grant, Deed(name="support.open", title=_opened(grant))

        changed = await self._changes.change(caller, _NEED, apply)
        for listener in self._listeners:
            listener()
        return changed

    async def close(self, caller: Caller, grant_id: int) -> Changed[Closed]:
        """Close support access now. What support has running under it is canceled with it; what
        something else still opens to support goes on.

        Raises:
            NotFoundError: there is none such.
            NotAllowedError: the caller may not; only owners may.
            ConflictError: it is closed already.
        """

        def apply(ledger: Ledger, now: Caller) -> tuple[Closed, Deed]:
            connection, actor = ledger.transaction.connection, now.actor
            grant = _found(connection, actor, grant_id)
            if not grant.open(ledger.now) or not close_grant(
                connection, grant_id, actor.author, ledger.now
            ):
                raise _closed_already(grant_id)
            canceled = cancel_uncovered(
                ledger,
                actor.organization_id,
                by=actor.author,
                reason=f"support access {grant_id} was closed",
            )
            closed = Closed(_found(connection, actor, grant_id), tuple(canceled))
            title = f"Support access {grant_id} was closed{_and_canceled(canceled)}"
            return closed, Deed(name="support.close", title=title)

        return await self._changes.change(caller, _NEED, apply)

    async def expire(self) -> Instant | None:
        """Close all support access whose time is over, as `close` does; when the next one's is.

        Each is recorded by the robot in its organization.
        """
        now = self._changes.clock()
        for grant in await self._changes.store.read(
            lambda connection: expired_grants(connection, now)
        ):
            await self._expire(grant)
        return await self._changes.store.read(next_expiry)

    async def _expire(self, grant: SupportGrant) -> None:
        actor = Actor(author=self._robot, organization_id=grant.organization_id)

        def apply(ledger: Ledger) -> tuple[None, Deed]:
            if not close_grant(ledger.transaction.connection, grant.id, None, ledger.now):
                raise _closed_already(grant.id)
            canceled = cancel_uncovered(
                ledger,
                grant.organization_id,
                by=None,
                reason=f"support access {grant.id} has expired",
            )
            title = f"Support access {grant.id} has expired{_and_canceled(canceled)}"
            return None, Deed(name="support.close", title=title)

        with suppress(ConflictError):  # an owner was quicker, and it is recorded so
            await self._changes.change_as(actor, apply)


def _check(definitions: tuple[str, ...], reason: str, seconds: float) -> None:
    count = len(definitions)
    check(
        (
            Problem(f"name 1 to {_MOST_DEFINITIONS} definitions", field="definitions")
            if not 0 < count <= _MOST_DEFINITIONS
            else None,
            *(name_problem("definitions", name, LONGEST_NAME) for name in definitions),
            name_problem("reason", reason, LONGEST_REASON // 2),
            Problem(f"support access lasts {SHORTEST:g} to {LONGEST:g} seconds", field="expiresAt")
            if not SHORTEST <= seconds <= LONGEST
            else None,
        )
    )


def _check_known(
    connection: Connection, actor: Actor, names: Iterable[str], catalog: Collection[str]
) -> None:
    """What is spelled wrong would open nothing, and nobody would see that."""
    known = {EVERY_DEFINITION, *catalog}
    check(
        Problem(
            f"there is no definition {name!r}",
            field="definitions",
            hint=suggestion_or_listing(name, sorted(catalog), "there is"),
        )
        for name in names
        if name not in known and not has_tasks_of(connection, actor.organization_id, name)
    )


def _found(connection: Connection, actor: Actor, grant_id: int) -> SupportGrant:
    grant = find_support_grant(connection, actor.organization_id, grant_id)
    if grant is None:
        raise NotFoundError(f"there is no support access {grant_id}")
    return grant


def _closed_already(grant_id: int) -> ConflictError:
    return ConflictError(f"support access {grant_id} is closed already")


def _opened(grant: SupportGrant) -> str:
    names = (
        "every definition"
        if EVERY_DEFINITION in grant.definitions
        else ", ".join(grant.definitions)
    )
    until = in_words(grant.expires_at)
    return f"Support access {grant.id} to {names[:300]} until {until}: {grant.reason}"


def _and_canceled(task_ids: Iterable[int]) -> str:
    named = [str(task_id) for task_id in task_ids]
    if not named:
        return ""
    which = ", ".join(named[:20]) + (", ..." if len(named) > 20 else "")
    return f"; canceled: {which}"
