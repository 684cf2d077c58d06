"""From where somebody sees a task. Who sees it from the same place sees the same."""

from __future__ import annotations

from typing import NamedTuple

from tasktrail.model.access import Actor, Permission, Scope, allows, allows_in_organization
from tasktrail.store.visibility import Sight, sight_of


class Viewpoint(NamedTuple):
    """What somebody sees of other tasks, and whether system jobs and steps are shown."""

    sight: Sight
    system: bool


def viewpoint_of(actor: Actor, scope: Scope) -> Viewpoint | None:
    """From where `actor` sees a task; None if it may not be seen."""
    if not allows(actor, Permission.SEE, scope):
        return None
    return Viewpoint(sight_of(actor), allows(actor, Permission.SEE_SYSTEM, scope))


def horizon_of(actor: Actor) -> Viewpoint:
    """From where `actor` sees all tasks that may be seen."""
    return Viewpoint(sight_of(actor), allows_in_organization(actor, Permission.SEE_SYSTEM))
