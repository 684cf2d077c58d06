"""Claims by which nobody takes a job any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Bring a database of revision 0009 to this one."""
    op.add_column("jobs", sa.Column("given_up", sa.Text(), nullable=True))
