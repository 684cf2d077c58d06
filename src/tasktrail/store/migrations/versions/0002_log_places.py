"""Where finished logs are, when they are no longer in the data directory."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Bring a database of revision 0001 to this one."""
    op.create_table(
        "log_places",
        sa.Column("step_id", _ID, autoincrement=False, nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("task_id", _ID, nullable=False),
        sa.Column("store", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("stored_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_by", _ID, nullable=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(stored_at IS NULL) = (key IS NULL)", name=op.f("ck_log_places_stored_iff_key")
        ),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_log_places_removed_iff_by")
        ),
        sa.CheckConstraint(
            "erased_at IS NULL OR removed_at IS NOT NULL",
            name=op.f("ck_log_places_erased_if_removed"),
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["tasks.id"], name=op.f("fk_log_places_removed_by")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_log_places_step_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_log_places_task_id")),
        sa.PrimaryKeyConstraint("step_id", "attempt", name=op.f("pk_log_places")),
    )
    op.create_index(op.f("ix_log_places_task_id"), "log_places", ["task_id"], unique=False)
    op.create_index(
        "ix_log_places_unerased",
        "log_places",
        ["task_id"],
        unique=False,
        sqlite_where=sa.text("removed_at IS NOT NULL AND erased_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NOT NULL AND erased_at IS NULL"),
    )
