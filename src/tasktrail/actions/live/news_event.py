"""Tasks as the widget shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasktrail.actions.live.event_text import event_text
from tasktrail.actions.live.follower import Event
from tasktrail.actions.live.news_position import NewsPosition
from tasktrail.actions.present import present_without_jobs
from tasktrail.actions.sight import SeenTask, see_views
from tasktrail.model.access import Actor
from tasktrail.store.store import Connection
from tasktrail.store.task_news import last_changes
from tasktrail.store.task_views import TaskView, view_tasks


def settled_views(connection: Connection, changed: Mapping[int, int]) -> dict[int, TaskView]:
    """The tasks that have not changed any more since the given entries of their histories; the
    others are told with what came after."""
    views = view_tasks(connection, changed)
    last = last_changes(connection, changed)
    return {task_id: view for task_id, view in views.items() if last[task_id] == changed[task_id]}


def news_events(
    connection: Connection,
    actor: Actor,
    views: Mapping[int, TaskView],
    changed: Mapping[int, int],
    since: int = 0,
) -> list[Event]:
    """The events that tell `actor` of tasks, each at its entry in `changed`, in their order."""
    seen = see_views(connection, actor, views)
    return [
        _event(seen[task_id], NewsPosition(changed[task_id], since))
        for task_id in sorted(seen, key=lambda one: changed[one])
    ]


def _event(seen: SeenTask, position: NewsPosition) -> Event:
    return Event(event_text("task", position.text, _without_jobs(seen)), position.reached)


def _without_jobs(seen: SeenTask) -> dict[str, Any]:
    shown = present_without_jobs(seen)
    del shown["jobs"]
    return shown
