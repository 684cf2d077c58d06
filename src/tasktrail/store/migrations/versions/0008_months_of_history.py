"""Histories in PostgreSQL month by month, so that old ones go as a whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_AHEAD = 2
"""Months that are made ahead; an engine makes the others."""


def upgrade() -> None:
    """Bring a database of revision 0007 to this one. Takes some minutes for 100 million entries."""
    op.create_table(
        "history_removals",
        sa.Column("until", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_by", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["tasks.id"], name=op.f("fk_history_removals_removed_by")
        ),
        sa.PrimaryKeyConstraint("until", name=op.f("pk_history_removals")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _divide()


def _divide() -> None:
    op.execute("ALTER TABLE events RENAME TO events_undivided")
    for old in ("pk_events", "fk_events_task_id"):
        op.execute(f"ALTER TABLE events_undivided RENAME CONSTRAINT {old} TO {old}_undivided")
    op.execute("ALTER INDEX ix_events_task_id RENAME TO ix_events_task_id_undivided")
    op.execute(
        'CREATE TABLE events (LIKE events_undivided INCLUDING DEFAULTS) PARTITION BY RANGE ("at")'
    )
    op.execute("ALTER SEQUENCE events_id_seq OWNED BY events.id")
    op.execute("CREATE TABLE events_other PARTITION OF events DEFAULT")
    for year, month in _months():
        start, end = _begin(year, month), _begin(year + month // 12, month % 12 + 1)
        op.execute(
            f"CREATE TABLE events_{year:04}_{month:02} PARTITION OF events"
            f" FOR VALUES FROM ({start}) TO ({end})"
        )
    connection = op.get_bind()
    moved = connection.execute(sa.text("INSERT INTO events SELECT * FROM events_undivided"))
    there = connection.execute(sa.text("SELECT count(*) FROM events_undivided")).scalar_one()
    if moved.rowcount != there:
        raise RuntimeError(f"of {there} entries of histories {moved.rowcount} were moved")
    # The instant is in the key, as it must be of a table that is divided by it.
    op.execute('ALTER TABLE events ADD CONSTRAINT pk_events PRIMARY KEY (id, "at")')
    op.execute(
        "ALTER TABLE events ADD CONSTRAINT fk_events_task_id"
        " FOREIGN KEY (task_id) REFERENCES tasks (id)"
    )
    op.execute("CREATE INDEX ix_events_task_id ON events (task_id)")
    op.execute("DROP TABLE events_undivided")


def _months() -> list[tuple[int, int]]:
    """The months in which anything happened, this one and those that are made ahead."""
    found = op.get_bind().execute(
        sa.text(
            "SELECT DISTINCT extract(year FROM moment)::int, extract(month FROM moment)::int FROM ("
            "SELECT to_timestamp(\"at\" / 1000000) AT TIME ZONE 'UTC' AS moment"
            ' FROM events_undivided WHERE "at" >= 0'
            " UNION ALL SELECT (now() AT TIME ZONE 'UTC') + make_interval(months => months)"
            " FROM generate_series(0, :ahead) AS months) AS moments ORDER BY 1, 2"
        ),
        {"ahead": _AHEAD},
    )
    return [(row[0], row[1]) for row in found]


def _begin(year: int, month: int) -> int:
    """The first microsecond of a month."""
    query = sa.text(
        "SELECT (extract(epoch FROM make_timestamptz(:year, :month, 1, 0, 0, 0, 'UTC'))"
        " * 1000000)::bigint"
    )
    return op.get_bind().execute(query, {"year": year, "month": month}).scalar_one()
