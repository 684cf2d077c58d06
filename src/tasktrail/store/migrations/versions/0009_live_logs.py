"""Logs that are written elsewhere, in pieces."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Bring a database of revision 0008 to this one."""
    op.create_table(
        "live_logs",
        sa.Column("step_id", _ID, autoincrement=False, nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("task_id", _ID, nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_live_logs_step_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_live_logs_task_id")),
        sa.PrimaryKeyConstraint("step_id", "attempt", name=op.f("pk_live_logs")),
    )
    op.create_table(
        "live_chunks",
        sa.Column("step_id", _ID, autoincrement=False, nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["step_id", "attempt"],
            ["live_logs.step_id", "live_logs.attempt"],
            name=op.f("fk_live_chunks_step_id"),
        ),
        sa.PrimaryKeyConstraint("step_id", "attempt", "start", name=op.f("pk_live_chunks")),
    )
