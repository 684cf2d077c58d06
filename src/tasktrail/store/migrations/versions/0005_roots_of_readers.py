"""Old tasks summed up anew: with the projects of their origins, too."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring a database of revision 0004 to this one. The engine fills the tables again."""
    op.execute("DELETE FROM task_leftovers")
    op.execute("DELETE FROM task_facets")
    op.execute("DELETE FROM task_segments")
