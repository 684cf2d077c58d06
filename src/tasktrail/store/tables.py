"""The tables. Instants are microseconds since 1970 (BIGINT), structured values JSON text.

The checks state the model's invariants once more, so that no statement can break them.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
    true,
)

from tasktrail.model.status import FINAL, TASK_STATUSES, Status

# From there, so that who uses the metadata has those tables in it, too.
from tasktrail.store.live_tables import metadata
from tasktrail.store.schema import Id


def _in(column: str, statuses: tuple[Status, ...] | frozenset[Status]) -> str:
    return f"{column} IN ({', '.join(sorted(repr(str(status)) for status in statuses))})"


_FINAL_IFF_ENDED = f"({_in('status', FINAL)}) = (ended_at IS NOT NULL)"
_ANY_STATUS = _in("status", tuple(Status))

organizations = Table(
    "organizations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("support_default", Boolean, nullable=False, server_default=true()),
    sqlite_autoincrement=True,
)

projects = Table(
    "projects",
    metadata,
    Column("id", Id, primary_key=True),
    Column("organization_id", Id, ForeignKey("organizations.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("organization_id", "name"),
    sqlite_autoincrement=True,
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("organization_id", Id, ForeignKey("organizations.id"), nullable=False),
    Column("definition", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("author_kind", Text, nullable=False),
    Column("author_id", BigInteger),
    Column("author_name", Text, nullable=False),
    Column("author_role", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("immediate", Boolean, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("forced", Boolean, nullable=False),
    Column("system", Boolean, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("origin_task_id", Id, ForeignKey("tasks.id")),
    Column("origin_step_id", BigInteger),
    Column("spawn_key", Text),
    Column("repeated_task_id", Id, ForeignKey("tasks.id")),
    Column("not_before", BigInteger),
    Column("locked", Boolean, nullable=False),
    Column("cancel", Text),
    Column("limit_reached_at", BigInteger),
    Column("stopped", Text),
    Column("error", Text),
    CheckConstraint(_in("status", TASK_STATUSES), name="status_known"),
    CheckConstraint(_FINAL_IFF_ENDED, name="final_iff_ended"),
    CheckConstraint("NOT immediate OR status = 'done'", name="immediate_is_done"),
    CheckConstraint("NOT silent OR immediate", name="silent_is_immediate"),
    CheckConstraint("(status = 'failed') = (error IS NOT NULL)", name="failed_iff_error"),
    UniqueConstraint("origin_step_id", "spawn_key"),
    sqlite_autoincrement=True,
)
Index("ix_tasks_organization_id_id", tasks.c.organization_id, tasks.c.id)
Index("ix_tasks_status_id", tasks.c.status, tasks.c.id)
Index("ix_tasks_definition_id", tasks.c.definition, tasks.c.id)
Index("ix_tasks_origin_task_id", tasks.c.origin_task_id)
Index("ix_tasks_repeated_task_id", tasks.c.repeated_task_id)
Index(
    "ix_tasks_live",
    tasks.c.id,
    sqlite_where=text("ended_at IS NULL"),
)

task_plans = Table(
    "task_plans",
    metadata,
    Column("task_id", Id, ForeignKey("tasks.id"), primary_key=True, autoincrement=False),
    Column("plan", Text, nullable=False),
)

task_secrets = Table(
    "task_secrets",
    metadata,
    Column("task_id", Id, ForeignKey("tasks.id"), primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

task_projects = Table(
    "task_projects",
    metadata,
    Column("task_id", Id, ForeignKey("tasks.id"), primary_key=True, autoincrement=False),
    Column("project_id", Id, ForeignKey("projects.id"), primary_key=True, autoincrement=False),
    Index("ix_task_projects_project_id_task_id", "project_id", "task_id"),
)

task_resources = Table(
    "task_resources",
    metadata,
    Column("task_id", Id, ForeignKey("tasks.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("resource_id", Text, primary_key=True),
    Index("ix_task_resources_kind_resource_id_task_id", "kind", "resource_id", "task_id"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("task_id", Id, ForeignKey("tasks.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("claim", Text),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("limit_reached_at", BigInteger),
    Column("stopped", Text),
    Column("given_up", Text),
    CheckConstraint(_ANY_STATUS, name="status_known"),
    CheckConstraint(_FINAL_IFF_ENDED, name="final_iff_ended"),
    CheckConstraint(
        "(status IN ('in_progress', 'canceling')) = (claim IS NOT NULL)", name="running_iff_claimed"
    ),
    sqlite_autoincrement=True,
)

steps = Table(
    "steps",
    metadata,
    Column("id", Id, primary_key=True),
    Column("task_id", Id, ForeignKey("tasks.id"), nullable=False, index=True),
    Column("job_id", Id, ForeignKey("jobs.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("system", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("retry_at", BigInteger),
    Column("outputs", Text, nullable=False),
    Column("exit_code", Integer),
    Column("warning", Text),
    Column("error", Text),
    CheckConstraint(_ANY_STATUS, name="status_known"),
    CheckConstraint(_FINAL_IFF_ENDED, name="final_iff_ended"),
    CheckConstraint(
        "(status = 'backed_off') = (retry_at IS NOT NULL)", name="backed_off_iff_retry"
    ),
    sqlite_autoincrement=True,
)

attempts = Table(
    "attempts",
    metadata,
    Column("step_id", Id, ForeignKey("steps.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("task_id", Id, ForeignKey("tasks.id"), nullable=False, index=True),
    Column("status", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("outcome", Text),
    Column("receipt", Text),
    Column("log", Text),
    CheckConstraint(_ANY_STATUS, name="status_known"),
    CheckConstraint(_FINAL_IFF_ENDED, name="final_iff_ended"),
    CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="time_goes_on"),
)

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("task_id", Id, ForeignKey("tasks.id"), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("job_id", BigInteger),
    Column("step_id", BigInteger),
    Column("from_status", Text),
    Column("to_status", Text),
    Column("by", Text),
    Column("message", Text),
    sqlite_autoincrement=True,
)

lock_claims = Table(
    "lock_claims",
    metadata,
    Column("id", Id, primary_key=True),
    Column("organization_id", Id, ForeignKey("organizations.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("task_id", Id, ForeignKey("tasks.id"), nullable=False, index=True),
    Column("job_id", BigInteger),
    Column("requested_at", BigInteger, nullable=False),
    Column("granted_at", BigInteger),
    Index("ix_lock_claims_organization_id_name_id", "organization_id", "name", "id"),
    sqlite_autoincrement=True,
)
Index(
    "uq_lock_claims_one_holder",
    lock_claims.c.organization_id,
    lock_claims.c.name,
    unique=True,
    sqlite_where=text("granted_at IS NOT NULL"),
)
