"""The route table: every route there is, and who may call it.

An endpoint that is in no route, and a route without an access, keep the server from starting. The
permission is asked for where the thing is known: in `actions`, about the task or the project.
"""

from __future__ import annotations

from tasktrail.api import (
    definitions,
    document,
    health,
    new_tasks,
    step_logs,
    task_logs,
    task_streams,
    tasks,
)
from tasktrail.api.route import Public, Route
from tasktrail.model.permission import Permission

ROUTES: tuple[Route, ...] = (
    Route("GET", "/tasks", Permission.SEE, tasks.list_tasks),
    Route("POST", "/tasks", Permission.SUBMIT, new_tasks.create_task),
    Route("GET", "/tasks/stream", Permission.SEE, task_streams.follow_tasks),
    Route("GET", "/tasks/{id}", Permission.SEE, tasks.get_task),
    Route("GET", "/tasks/{id}/stream", Permission.SEE, task_streams.follow_task),
    Route("POST", "/tasks/{id}/cancel", Permission.CANCEL, tasks.cancel_task),
    Route("POST", "/tasks/{id}/repeat", Permission.RERUN, tasks.repeat_task),
    Route("GET", "/tasks/{id}/events", Permission.SEE, tasks.list_events),
    Route("GET", "/tasks/{id}/logs/search", Permission.SEE, task_logs.search_logs),
    Route("GET", "/task-steps/{id}/logs", Permission.SEE, step_logs.get_step_logs),
    Route("GET", "/task-steps/{id}/log-url", Permission.SEE, step_logs.get_log_url),
    Route("GET", "/task-steps/{id}/log", Permission.SEE, task_logs.get_log_lines),
    Route("GET", "/task-steps/{id}/raw-log", Permission.SEE, task_logs.get_raw_log),
    Route("GET", "/task-logs/{token}", Public.YES, step_logs.get_linked_log),
    Route("GET", "/definitions", Permission.SEE_DEFINITIONS, definitions.list_definitions),
    Route("GET", "/definitions/{name}", Permission.SEE_DEFINITIONS, definitions.get_definition),
    Route("GET", "/healthz", Public.YES, health.get_health, root=True),
    Route("GET", "/readyz", Public.YES, health.get_readiness, root=True),
    Route("GET", "/metrics", Public.YES, health.get_metrics, root=True),
    Route("GET", "/openapi.json", Public.YES, document.get_openapi),
    Route("GET", "/docs", Public.YES, document.get_docs, root=True),
    Route("GET", "/docs/style.css", Public.YES, document.get_docs_style, root=True),
)
