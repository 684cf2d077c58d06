"""From where somebody sees a task. Who sees it from the same place sees the same."""

from __future__ import annotations

from typing import NamedTuple

from tasktrail.model.access import Actor, Permission, Scope, allows, allows_in_organization
from tasktrail.store.visibility import Sight, sight_of


class Viewpoint(NamedTuple):
    """What somebody sees of other tasks, whether system jobs and steps are shown, and whether it is
    told that there are some."""

    sight: Sight
    system: bool
    noticed: bool


def viewpoint_of(actor: Actor, scope: Scope) -> Viewpoint | None:
    """From where `actor` sees a task; None if it may not be seen."""
    if not allows(actor, Permission.SEE, scope):
        return None
    return Viewpoint(
        sight_of(actor),
        system=allows(actor, Permission.SEE_SYSTEM, scope),
        noticed=allows(actor, Permission.NOTICE_SYSTEM, scope),
    )


def horizon_of(actor: Actor) -> Viewpoint:
    """From where `actor` sees all tasks that may be seen."""
    return Viewpoint(
        sight_of(actor),
        system=allows_in_organization(actor, Permission.SEE_SYSTEM),
        noticed=allows_in_organization(actor, Permission.NOTICE_SYSTEM),
    )
