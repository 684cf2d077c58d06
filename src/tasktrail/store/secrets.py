"""Secret inputs: kept apart from everything that is shown.

They are kept as long as their task: a rerun needs them. A secret that was handed on to a spawned
task as a part of another one (a token inside of a URL) is kept with that task, too, so that it is
masked there by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from tasktrail.store.tables import task_secrets

_OF_ORIGIN = "."
"""In the name of a secret that is no input: names of inputs have no dot."""


def secrets_of(connection: Connection, task_id: int) -> dict[str, str]:
    """All that is secret in a task: its secret inputs by name, and parts of them."""
    found = connection.execute(
        select(task_secrets.c.name, task_secrets.c.value).where(task_secrets.c.task_id == task_id)
    )
    return {row.name: row.value for row in found}


def secret_inputs(secrets: Mapping[str, str]) -> dict[str, str]:
    """Those that are inputs."""
    return {name: value for name, value in secrets.items() if _OF_ORIGIN not in name}


def secret_parts(secrets: Mapping[str, str]) -> dict[str, str]:
    """Those that are parts of inputs."""
    return {name: value for name, value in secrets.items() if _OF_ORIGIN in name}


def parts_handed_on(
    origin_id: int, secrets: Mapping[str, str], handed: Mapping[str, str]
) -> dict[str, str]:
    """Those `secrets` of the task `origin_id` that are in what it has `handed` to another one."""
    whole = set(handed.values())
    return {
        f"{origin_id}{_OF_ORIGIN}{number}": value
        for number, value in enumerate(dict.fromkeys(secrets.values()))
        if value and value not in whole and any(value in one for one in whole)
    }
