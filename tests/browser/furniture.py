"""What a platform in use has beside what tests need: teams, keys, open access, chains of tasks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from browser.stage import Stage, has_ended, runs

_RUNBOOKS = {
    "create-app": """
name: create-app
title: Create the application blog
projects: [blog]
jobs:
  main:
    title: Create
    steps:
      - {name: Reserve a name, run: 'echo blog.example.com is yours'}
      - {name: Build it, spawn: build}
      - {name: Deploy it, spawn: release}
""",
    "build": """
name: build
title: Build blog
projects: [blog]
jobs:
  main:
    title: Build
    steps: [{name: Build, run: 'echo built in 4 s'}]
""",
    "release": """
name: release
title: Release blog
projects: [blog]
jobs:
  main:
    title: Release
    steps:
      - {name: Release, run: 'echo released'}
      - {name: Look whether it answers, spawn: check}
""",
    "drain": """
name: drain
title: Take node-3 out of service
jobs:
  main:
    title: Take out
    steps:
      - name: Drain
        grace: 10m
        run: 'trap "" TERM; echo "waiting for 14 connections to end"; while :; do sleep 1; done'
""",
}


def furnished(stage: Stage) -> None:
    """Everything that `furnish` gives, and what makes pages look as they do in use."""
    stage.furnish()
    for name, text in _RUNBOOKS.items():
        stage.runbook(name, text)
    _people(stage)
    _access(stage)
    _tasks(stage)


def _people(stage: Stage) -> None:
    for name, people in {"Operations": ("bea", "carl"), "Web": ("dora",)}.items():
        team = stage.ask("ann", "POST", "/teams", {"name": name})["id"]
        for person in people:
            stage.ask("ann", "PUT", f"/teams/{team}/members/{stage.ids[person]}")
        stage.ids[name] = team
    stage.ids["blog"] = stage.ask("ann", "POST", "/projects", {"name": "blog"})["id"]
    grant = {"teamId": stage.ids["Operations"], "role": "write"}
    for project in ("shop", "blog"):
        stage.ask("ann", "PUT", f"/projects/{stage.ids[project]}/grants", grant)


def _access(stage: Stage) -> None:
    for name, kind in (("laptop", "user"), ("nightly backup", "robot")):
        stage.ask("ann", "POST", "/keys", {"name": name, "kind": kind, "expiresAt": _in(days=90)})
    support = {
        "definitions": ["deploy", "migrate"],
        "reason": "The shop does not start after the last release",
        "expiresAt": _in(days=1),
    }
    stage.ask("ann", "POST", "/support-grants", support)


def _tasks(stage: Stage) -> None:
    stage.ids["created"] = stage.ran("create-app")["id"]
    repeated = stage.ids["failed"]
    for _ in range(2):
        repeated = stage.ask("carl", "POST", f"/tasks/{repeated}/repeat", {"force": False})[
            "taskId"
        ]
        stage.until(repeated, has_ended)
    stage.ids["rerun"] = repeated
    note = {"definition": "check", "notBefore": _in(hours=9)}
    stage.ids["scheduled"] = stage.ask("ann", "POST", "/tasks", note)["taskId"]
    for name in ("stopped", "stopping"):
        stage.ids[name] = stage.submit("drain")
        stage.until(stage.ids[name], runs)
        step = stage.task(stage.ids[name])["jobs"][0]["steps"][0]["id"]
        stage.await_line(step)
        stage.ask("ann", "POST", f"/tasks/{stage.ids[name]}/cancel")
    stage.ask("ann", "POST", f"/tasks/{stage.ids['stopped']}/cancel?force=true")
    stage.until(stage.ids["stopped"], has_ended)


def _in(**span: int) -> str:
    return (datetime.now(UTC) + timedelta(**span)).isoformat()
