"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Bring an empty database to this revision."""
    op.create_table(
        "organizations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("name", name=op.f("uq_organizations_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "projects",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_projects_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint(
            "organization_id", "name", name=op.f("uq_projects_organization_id_name")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tasks",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("author_role", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("immediate", sa.Boolean(), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("system", sa.Boolean(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("origin_task_id", _ID, nullable=True),
        sa.Column("origin_step_id", sa.BigInteger(), nullable=True),
        sa.Column("spawn_key", sa.Text(), nullable=True),
        sa.Column("repeated_task_id", _ID, nullable=True),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("cancel", sa.Text(), nullable=True),
        sa.Column("limit_reached_at", sa.BigInteger(), nullable=True),
        sa.Column("stopped", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'failed') = (error IS NOT NULL)", name=op.f("ck_tasks_failed_iff_error")
        ),
        sa.CheckConstraint(
            "(status IN ('canceled', 'done', 'done_with_warnings', 'failed', 'skipped', 'timed_out')) = (ended_at IS NOT NULL)",
            name=op.f("ck_tasks_final_iff_ended"),
        ),
        sa.CheckConstraint(
            "NOT immediate OR status = 'done'", name=op.f("ck_tasks_immediate_is_done")
        ),
        sa.CheckConstraint(
            "status IN ('backed_off', 'canceled', 'canceling', 'done', 'done_with_warnings', 'failed', 'in_progress', 'pending', 'queued', 'timed_out')",
            name=op.f("ck_tasks_status_known"),
        ),
        sa.CheckConstraint("NOT silent OR immediate", name=op.f("ck_tasks_silent_is_immediate")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_tasks_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["origin_task_id"], ["tasks.id"], name=op.f("fk_tasks_origin_task_id")
        ),
        sa.ForeignKeyConstraint(
            ["repeated_task_id"], ["tasks.id"], name=op.f("fk_tasks_repeated_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint(
            "origin_step_id", "spawn_key", name=op.f("uq_tasks_origin_step_id_spawn_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tasks_definition_id", "tasks", ["definition", "id"], unique=False)
    op.create_index(
        "ix_tasks_live",
        "tasks",
        ["id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_tasks_organization_id_id", "tasks", ["organization_id", "id"], unique=False)
    op.create_index("ix_tasks_origin_task_id", "tasks", ["origin_task_id"], unique=False)
    op.create_index("ix_tasks_repeated_task_id", "tasks", ["repeated_task_id"], unique=False)
    op.create_index("ix_tasks_status_id", "tasks", ["status", "id"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", _ID, nullable=False),
        sa.Column("task_id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("step_id", sa.BigInteger(), nullable=True),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_events_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_events_task_id"), "events", ["task_id"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("id", _ID, nullable=False),
        sa.Column("task_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("limit_reached_at", sa.BigInteger(), nullable=True),
        sa.Column("stopped", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status IN ('canceled', 'done', 'done_with_warnings', 'failed', 'skipped', 'timed_out')) = (ended_at IS NOT NULL)",
            name=op.f("ck_jobs_final_iff_ended"),
        ),
        sa.CheckConstraint(
            "(status IN ('in_progress', 'canceling')) = (claim IS NOT NULL)",
            name=op.f("ck_jobs_running_iff_claimed"),
        ),
        sa.CheckConstraint(
            "status IN ('backed_off', 'canceled', 'canceling', 'done', 'done_with_warnings', 'failed', 'in_progress', 'pending', 'queued', 'skipped', 'timed_out')",
            name=op.f("ck_jobs_status_known"),
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_jobs_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_jobs_task_id"), "jobs", ["task_id"], unique=False)
    op.create_table(
        "lock_claims",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("task_id", _ID, nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_lock_claims_organization_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_lock_claims_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lock_claims")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_lock_claims_organization_id_name_id",
        "lock_claims",
        ["organization_id", "name", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_lock_claims_task_id"), "lock_claims", ["task_id"], unique=False)
    op.create_index(
        "uq_lock_claims_one_holder",
        "lock_claims",
        ["organization_id", "name"],
        unique=True,
        sqlite_where=sa.text("granted_at IS NOT NULL"),
        postgresql_where=sa.text("granted_at IS NOT NULL"),
    )
    op.create_table(
        "task_plans",
        sa.Column("task_id", _ID, autoincrement=False, nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_plans_task_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_task_plans")),
    )
    op.create_table(
        "task_projects",
        sa.Column("task_id", _ID, autoincrement=False, nullable=False),
        sa.Column("project_id", _ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_task_projects_project_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_projects_task_id")),
        sa.PrimaryKeyConstraint("task_id", "project_id", name=op.f("pk_task_projects")),
    )
    op.create_index(
        "ix_task_projects_project_id_task_id",
        "task_projects",
        ["project_id", "task_id"],
        unique=False,
    )
    op.create_table(
        "task_resources",
        sa.Column("task_id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_resources_task_id")),
        sa.PrimaryKeyConstraint("task_id", "kind", "resource_id", name=op.f("pk_task_resources")),
    )
    op.create_index(
        "ix_task_resources_kind_resource_id_task_id",
        "task_resources",
        ["kind", "resource_id", "task_id"],
        unique=False,
    )
    op.create_table(
        "task_secrets",
        sa.Column("task_id", _ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_secrets_task_id")),
        sa.PrimaryKeyConstraint("task_id", "name", name=op.f("pk_task_secrets")),
    )
    op.create_table(
        "steps",
        sa.Column("id", _ID, nullable=False),
        sa.Column("task_id", _ID, nullable=False),
        sa.Column("job_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("system", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.Column("outputs", sa.Text(), nullable=False),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("warning", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'backed_off') = (retry_at IS NOT NULL)",
            name=op.f("ck_steps_backed_off_iff_retry"),
        ),
        sa.CheckConstraint(
            "(status IN ('canceled', 'done', 'done_with_warnings', 'failed', 'skipped', 'timed_out')) = (ended_at IS NOT NULL)",
            name=op.f("ck_steps_final_iff_ended"),
        ),
        sa.CheckConstraint(
            "status IN ('backed_off', 'canceled', 'canceling', 'done', 'done_with_warnings', 'failed', 'in_progress', 'pending', 'queued', 'skipped', 'timed_out')",
            name=op.f("ck_steps_status_known"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_steps_job_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_steps_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steps")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_steps_task_id"), "steps", ["task_id"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("step_id", _ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("task_id", _ID, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("log", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status IN ('canceled', 'done', 'done_with_warnings', 'failed', 'skipped', 'timed_out')) = (ended_at IS NOT NULL)",
            name=op.f("ck_attempts_final_iff_ended"),
        ),
        sa.CheckConstraint(
            "status IN ('backed_off', 'canceled', 'canceling', 'done', 'done_with_warnings', 'failed', 'in_progress', 'pending', 'queued', 'skipped', 'timed_out')",
            name=op.f("ck_attempts_status_known"),
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= started_at", name=op.f("ck_attempts_time_goes_on")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_attempts_step_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_attempts_task_id")),
        sa.PrimaryKeyConstraint("step_id", "number", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_task_id"), "attempts", ["task_id"], unique=False)
