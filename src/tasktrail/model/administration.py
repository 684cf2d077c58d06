"""What the tasks are called that record changes to people, rights and credentials (M1, M11)."""

from __future__ import annotations

from typing import Literal, get_args

AdministrationName = Literal[
    "key.create",
    "key.revoke",
    "member.add",
    "member.change-role",
    "member.link",
    "member.remove",
    "organization.change",
    "organization.create",
    "project.change",
    "project.create",
    "project.grant",
    "project.revoke",
    "session.sign-in",
    "session.sign-out",
    "support.close",
    "support.open",
    "team.change",
    "team.create",
    "team.remove",
    "user.change-password",
    "user.disable",
    "user.enable",
    "user.link",
    "user.link-identity",
    "user.set-password",
    "user.use-link",
    "worker-key.create",
    "worker-key.revoke",
]

ADMINISTRATION: tuple[str, ...] = get_args(AdministrationName)
"""All of these names. Nothing keeps others from calling a task so, which then counts as one."""
