"""Tasks that an engine elsewhere has to be told of: it, or whoever finds it was not, does so.

A row is written by the decision that calls for it, in the same transaction, and removed once the
engine was told. Its mark is that of the last such decision: what was told before is not enough.
Times are those of the database: the clocks of several machines may differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

_NOW = "(extract(epoch from clock_timestamp()) * 1000000)::bigint"


@dataclass(frozen=True, slots=True)
class Call:
    """A task that the engine has to look at. `ended` tells whether nothing but that is left."""

    task_id: int
    mark: int
    ended: bool


class _Upsert:
    """Puts rows of a task and a mark into the outbox; a statement for PostgreSQL."""

    def for_rows(self, count: int) -> str:
        """See `Statement`."""
        places = ", ".join([f"(?, ?, {_NOW})"] * count)
        return (
            f"INSERT INTO outbox (task_id, mark, since) VALUES {places} ON CONFLICT (task_id)"  # noqa: S608 - names of ours
            " DO UPDATE SET mark = excluded.mark, since = excluded.since"
        )


CALL = _Upsert()
"""Its values are a task and a mark."""


def call_for_all(connection: Connection) -> None:
    """Have the engine look at every task that has not ended, as if it knew of none."""
    connection.exec_driver_sql(
        "INSERT INTO outbox (task_id, mark, since)"  # noqa: S608 - names of ours
        f" SELECT id, 0, {_NOW} FROM tasks WHERE ended_at IS NULL ON CONFLICT (task_id) DO NOTHING"
    )


def call_for(connection: Connection, task_ids: Iterable[int]) -> int:
    """Have the engine look at those of the tasks that have not ended, as if it knew nothing of
    them; how many it is not to look at anyway."""
    found = connection.execute(
        text(
            f"INSERT INTO outbox (task_id, mark, since) SELECT id, 0, {_NOW} FROM tasks"  # noqa: S608 - names of ours
            " WHERE id = ANY(CAST(:ids AS bigint[])) AND ended_at IS NULL"
            " ON CONFLICT (task_id) DO NOTHING RETURNING task_id"
        ),
        {"ids": list(task_ids)},
    )
    return len(found.all())


def call_for_ended(connection: Connection, task_ids: Iterable[int], seconds: float) -> int:
    """Have the engine told of those of the tasks that ended so long ago, or before; how many it is
    not to be told of anyway."""
    found = connection.execute(
        text(
            f"INSERT INTO outbox (task_id, mark, since) SELECT id, 0, {_NOW} FROM tasks"  # noqa: S608 - names of ours
            " WHERE id = ANY(CAST(:ids AS bigint[]))"
            f" AND ended_at <= {_NOW} - :age"
            " ON CONFLICT (task_id) DO NOTHING RETURNING task_id"
        ),
        {"ids": list(task_ids), "age": round(seconds * 1_000_000)},
    )
    return len(found.all())


def live_longer_than(connection: Connection, seconds: float) -> set[int]:
    """The tasks that were made so long ago, or before, and have not ended."""
    found = connection.execute(
        text(
            "SELECT id FROM tasks WHERE ended_at IS NULL"  # noqa: S608 - names of ours
            f" AND created_at <= {_NOW} - :age"
        ),
        {"age": round(seconds * 1_000_000)},
    )
    return set(found.scalars())


def answered(connection: Connection, calls: Iterable[tuple[int, int]]) -> None:
    """Remove the rows of tasks whose mark is still the one that the engine was told of."""
    ids, marks = zip(*calls, strict=True)
    # A row that somebody is changing gets another mark: nobody waits for it.
    connection.execute(
        text(
            "DELETE FROM outbox WHERE task_id IN (SELECT o.task_id FROM outbox o"
            " JOIN unnest(CAST(:ids AS bigint[]), CAST(:marks AS bigint[])) AS told (id, mark)"
            " ON o.task_id = told.id AND o.mark = told.mark FOR UPDATE OF o SKIP LOCKED)"
        ),
        {"ids": list(ids), "marks": list(marks)},
    )


def overdue(connection: Connection, seconds: float, limit: int) -> list[Call]:
    """Take up to `limit` calls that nobody has answered for so long; others find them again only
    after as long a time."""
    found = connection.execute(
        text(
            f"UPDATE outbox SET since = {_NOW} WHERE task_id IN (SELECT task_id FROM outbox"  # noqa: S608 - names of ours
            f" WHERE since < {_NOW} - :age ORDER BY since LIMIT :limit FOR UPDATE SKIP LOCKED)"
            " RETURNING task_id, mark,"
            " (SELECT ended_at IS NOT NULL FROM tasks WHERE tasks.id = outbox.task_id) AS ended"
        ),
        {"age": round(seconds * 1_000_000), "limit": limit},
    )
    return [Call(row.task_id, row.mark, bool(row.ended)) for row in found]
