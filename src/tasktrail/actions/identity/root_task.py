"""What a task is judged by: itself, or the task at the beginning of those that spawned it."""

from __future__ import annotations

from tasktrail.actions.ledger import Ledger
from tasktrail.actions.permission import scope_of
from tasktrail.model.access import Scope
from tasktrail.store.organizations import projects_of
from tasktrail.store.spawned import root_of
from tasktrail.store.states import read_task_and_plan


def root_scope(ledger: Ledger, task_id: int) -> Scope:
    """What the rules are asked about for a task: what a definition spawns is part of what its
    author was allowed to run."""
    connection = ledger.transaction.connection
    task = ledger.state(task_id).task
    root = root_of(connection, task_id) if task.origin_task_id is not None else task_id
    linked = projects_of(connection, [root]).get(root, ())
    if root == task_id:
        state = ledger.state(task_id)
        return scope_of(state.task, state.plan, linked)
    root_task, plan = read_task_and_plan(connection, root)
    return scope_of(root_task, plan, linked)
