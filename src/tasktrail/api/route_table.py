"""The route table: every route there is, and who may call it.

An endpoint that is in no route, and a route without an access, keep the server from starting. The
permission is asked for where the thing is known: in `actions`, about the task or the project.
"""

from __future__ import annotations

from tasktrail.api import (
    definitions,
    document,
    health,
    keys,
    members,
    new_tasks,
    oidc,
    organizations,
    projects,
    sessions,
    step_logs,
    support,
    task_logs,
    task_streams,
    tasks,
    teams,
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
    Route("GET", "/sign-in-methods", Public.YES, sessions.get_sign_in_methods),
    Route("GET", "/session", Public.SIGNED_IN, sessions.get_session),
    Route("POST", "/session", Public.YES, sessions.sign_in),
    Route("DELETE", "/session", Public.SIGNED_IN, sessions.sign_out),
    Route("POST", "/session/link", Public.YES, sessions.use_link),
    Route("GET", "/session/oidc", Public.YES, oidc.begin_oidc),
    Route("GET", "/session/oidc/callback", Public.YES, oidc.finish_oidc),
    Route("PUT", "/session/password", Public.SIGNED_IN, sessions.change_password),
    Route("GET", "/organizations", Public.SIGNED_IN, organizations.list_organizations),
    Route(
        "GET", "/organizations/{id}", Permission.SEE_ORGANIZATION, organizations.get_organization
    ),
    Route(
        "PATCH",
        "/organizations/{id}",
        Permission.CHANGE_ORGANIZATION,
        organizations.change_organization,
    ),
    Route("GET", "/members", Permission.SEE_MEMBERS, members.list_members),
    Route("POST", "/members", Permission.MANAGE_MEMBERS, members.add_member),
    Route("PATCH", "/members/{userId}", Permission.MANAGE_MEMBERS, members.change_member),
    Route("DELETE", "/members/{userId}", Permission.MANAGE_MEMBERS, members.remove_member),
    Route("POST", "/members/{userId}/link", Permission.MANAGE_MEMBERS, members.create_member_link),
    Route("GET", "/teams", Permission.SEE_TEAMS, teams.list_teams),
    Route("POST", "/teams", Permission.MANAGE_TEAMS, teams.create_team),
    Route("PATCH", "/teams/{id}", Permission.MANAGE_TEAMS, teams.change_team),
    Route("DELETE", "/teams/{id}", Permission.MANAGE_TEAMS, teams.remove_team),
    Route("PUT", "/teams/{id}/members/{userId}", Permission.MANAGE_TEAMS, teams.add_team_member),
    Route(
        "DELETE", "/teams/{id}/members/{userId}", Permission.MANAGE_TEAMS, teams.remove_team_member
    ),
    Route("GET", "/projects", Permission.SEE_PROJECT, projects.list_projects),
    Route("POST", "/projects", Permission.CREATE_PROJECT, projects.create_project),
    Route("GET", "/projects/{id}", Permission.SEE_PROJECT, projects.get_project),
    Route("PATCH", "/projects/{id}", Permission.MANAGE_PROJECT, projects.change_project),
    Route("GET", "/projects/{id}/grants", Permission.SEE_PROJECT, projects.list_grants),
    Route("PUT", "/projects/{id}/grants", Permission.MANAGE_PROJECT, projects.put_grant),
    Route(
        "DELETE",
        "/projects/{id}/grants/{grantId}",
        Permission.MANAGE_PROJECT,
        projects.delete_grant,
    ),
    Route("GET", "/keys", Permission.OWN_KEYS, keys.list_keys),
    Route("POST", "/keys", Permission.OWN_KEYS, keys.create_key),
    Route("DELETE", "/keys/{id}", Permission.OWN_KEYS, keys.revoke_key),
    Route("GET", "/support-grants", Permission.SEE_SUPPORT, support.list_support_grants),
    Route("POST", "/support-grants", Permission.MANAGE_SUPPORT, support.open_support),
    Route("DELETE", "/support-grants/{id}", Permission.MANAGE_SUPPORT, support.close_support),
    Route("GET", "/healthz", Public.YES, health.get_health, root=True),
    Route("GET", "/readyz", Public.YES, health.get_readiness, root=True),
    Route("GET", "/metrics", Public.YES, health.get_metrics, root=True),
    Route("GET", "/openapi.json", Public.YES, document.get_openapi),
    Route("GET", "/docs", Public.YES, document.get_docs, root=True),
    Route("GET", "/docs/style.css", Public.YES, document.get_docs_style, root=True),
)
