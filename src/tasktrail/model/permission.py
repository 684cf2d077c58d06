"""The table of access: what each kind of actor may do, and under which condition."""

from __future__ import annotations

from enum import StrEnum

from tasktrail.model.author import Author, AuthorKind


class Permission(StrEnum):
    """What can be done to a task, and to an organization and what belongs to it.

    `task:see_system` covers system jobs and steps, and tracebacks; `task:notice_system` only that
    there are some. `owner:manage` is about members
    who are owners, admins or support; `key:own` about one's own keys, `key:manage` about
    everybody's and those of the robot. `worker:manage` is about the keys of workers, `worker:work`
    about what workers themselves ask for: no person and no API key has that.
    """

    SEE = "task:see"
    SEE_SYSTEM = "task:see_system"
    NOTICE_SYSTEM = "task:notice_system"
    SUBMIT = "task:submit"
    RERUN = "task:rerun"
    CANCEL = "task:cancel"
    RECORD = "task:record"
    SEE_DEFINITIONS = "definition:see"
    PRUNE_LOGS = "log:prune"
    SEE_ORGANIZATION = "organization:see"
    CHANGE_ORGANIZATION = "organization:change"
    SEE_MEMBERS = "member:see"
    MANAGE_MEMBERS = "member:manage"
    MANAGE_OWNERS = "owner:manage"
    SEE_TEAMS = "team:see"
    MANAGE_TEAMS = "team:manage"
    SEE_PROJECT = "project:see"
    MANAGE_PROJECT = "project:manage"
    CREATE_PROJECT = "project:create"
    OWN_KEYS = "key:own"
    MANAGE_KEYS = "key:manage"
    SEE_SUPPORT = "support:see"
    MANAGE_SUPPORT = "support:manage"
    MANAGE_WORKERS = "worker:manage"
    WORK = "worker:work"


class Condition(StrEnum):
    """What must hold beside the standing of who asks."""

    NONE = "none"
    READS_ONE = "reads one of its projects"
    WRITES_ALL = "writes in all of its projects, and it has one"
    ADMINISTERS_ALL = "administers all of its projects, and it has one"
    OWN_AND_WRITES_ALL = "is its author, and still allowed to submit it"
    OPENED = "its definition is opened to support"


class _Standing(StrEnum):
    """As what an actor asks."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    SUPPORT = "support"
    ROBOT = "robot"
    SUPERADMIN = "superadmin"


def condition_of(author: Author, permission: Permission) -> Condition | None:
    """Under which condition `author` has `permission`; None: under none."""
    standing = _standing_of(author)
    return _RULES[standing].get(permission) if standing is not None else None


def _standing_of(author: Author) -> _Standing | None:
    match author.kind:
        case AuthorKind.ROBOT:
            return _Standing.ROBOT
        case AuthorKind.SUPERADMIN:
            return _Standing.SUPERADMIN
        case AuthorKind.USER:
            return _Standing(author.role.value) if author.role is not None else None


_ALL = frozenset(Permission) - {Permission.WORK}
"""What there is for people and programs; workers are neither."""

_LOOKING = frozenset(
    {
        Permission.SEE_DEFINITIONS,
        Permission.SEE_ORGANIZATION,
        Permission.SEE_MEMBERS,
        Permission.SEE_TEAMS,
    }
)
"""What everybody of an organization may see of it."""


def _always(permissions: frozenset[Permission]) -> dict[Permission, Condition]:
    return dict.fromkeys(permissions, Condition.NONE)


_RULES: dict[_Standing, dict[Permission, Condition]] = {
    _Standing.OWNER: _always(_ALL - {Permission.SEE_SYSTEM}),
    _Standing.ADMIN: _always(
        _ALL
        - {
            Permission.SEE_SYSTEM,
            Permission.NOTICE_SYSTEM,
            Permission.MANAGE_OWNERS,
            Permission.MANAGE_SUPPORT,
            Permission.MANAGE_WORKERS,
        }
    ),
    _Standing.MEMBER: {
        **_always(_LOOKING | {Permission.OWN_KEYS}),
        Permission.SEE: Condition.READS_ONE,
        Permission.SUBMIT: Condition.WRITES_ALL,
        Permission.RERUN: Condition.WRITES_ALL,
        Permission.CANCEL: Condition.OWN_AND_WRITES_ALL,
        Permission.RECORD: Condition.WRITES_ALL,
        Permission.SEE_PROJECT: Condition.READS_ONE,
        Permission.MANAGE_PROJECT: Condition.ADMINISTERS_ALL,
    },
    _Standing.SUPPORT: {
        **_always(
            _LOOKING
            | {
                Permission.SEE,
                Permission.SEE_SYSTEM,
                Permission.NOTICE_SYSTEM,
                Permission.SEE_PROJECT,
                Permission.SEE_SUPPORT,
                Permission.OWN_KEYS,
            }
        ),
        Permission.SUBMIT: Condition.OPENED,
        Permission.RERUN: Condition.OPENED,
        Permission.CANCEL: Condition.OPENED,
    },
    # Automation runs tasks; it gives nobody rights.
    _Standing.ROBOT: _always(
        _LOOKING
        | {
            Permission.SEE,
            Permission.SUBMIT,
            Permission.RERUN,
            Permission.CANCEL,
            Permission.RECORD,
            Permission.PRUNE_LOGS,
            Permission.SEE_PROJECT,
            Permission.CREATE_PROJECT,
        }
    ),
    # What support may do is for the organization to say, not for the platform.
    _Standing.SUPERADMIN: _always(_ALL - {Permission.OWN_KEYS, Permission.MANAGE_SUPPORT}),
}
