"""Old tasks summed up, so that lists of a million tasks are quick."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Bring a database of revision 0003 to this one. The engine fills the tables."""
    op.create_table(
        "task_segments",
        sa.Column("organization_id", _ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_task_id", _ID, nullable=False),
        sa.Column("created_first", sa.BigInteger(), nullable=False),
        sa.Column("created_last", sa.BigInteger(), nullable=False),
        sa.Column("task_ids", sa.LargeBinary(), nullable=False),
        sa.Column("titles", sa.LargeBinary(), nullable=False),
        sa.Column("names", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_task_segments_organization_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "number", name=op.f("pk_task_segments")),
    )
    op.create_table(
        "task_facets",
        sa.Column("organization_id", _ID, autoincrement=False, nullable=False),
        sa.Column("facet", sa.Text(), nullable=False),
        sa.Column("segment", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_task_facets_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "facet", "segment", name=op.f("pk_task_facets")),
    )
    op.create_table(
        "task_leftovers",
        sa.Column("organization_id", _ID, autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("task_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_task_leftovers_organization_id"),
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_leftovers_task_id")),
        sa.PrimaryKeyConstraint("organization_id", "position", name=op.f("pk_task_leftovers")),
    )
