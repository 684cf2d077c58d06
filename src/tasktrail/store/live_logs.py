"""What is known of logs that are being written elsewhere.

A chunk is an object in a store, and a row here. Only what has a row is a part of the log: who has
put an object there says so by moving the size of the log, if nobody else did meanwhile. So chunks
follow one another without a gap, and none is there twice, whoever sends them, and however often.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from tasktrail.model.instant import Instant
from tasktrail.model.live_log import Chunk, LiveExtent, LiveLog
from tasktrail.store.live_tables import live_chunks, live_logs
from tasktrail.store.log_places import AttemptKey
from tasktrail.store.log_tables import log_places
from tasktrail.store.tables import attempts

_AT_ONCE = 200


def live_log(connection: Connection, key: AttemptKey, *, locked: bool = False) -> LiveLog | None:
    """The log of an attempt; None when nothing of it has come, or all of it is elsewhere. Nobody
    else changes one that is `locked` while the transaction lasts."""
    query = select(live_logs).where(_is(live_logs, key))
    if locked:
        query = query.with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else LiveLog(**row)


def chunks_from(connection: Connection, key: AttemptKey, start: int) -> list[Chunk]:
    """The chunks of a log with what stands at the offset `start` or behind it."""
    found = connection.execute(
        select(live_chunks.c.start, live_chunks.c.length, live_chunks.c.key)
        .where(_is(live_chunks, key), live_chunks.c.start + live_chunks.c.length > start)
        .order_by(live_chunks.c.start)
    )
    return [Chunk(*row) for row in found]


def begin_live(connection: Connection, log: LiveLog) -> LiveLog:
    """Let a log begin; how it stands if it has begun already."""
    key = log.step_id, log.attempt
    there = live_log(connection, key)
    if there is not None:
        return there
    connection.execute(
        insert(live_logs).values(
            step_id=log.step_id,
            attempt=log.attempt,
            task_id=log.task_id,
            store=log.store,
            size=log.size,
        )
    )
    return log


def add_chunk(connection: Connection, key: AttemptKey, chunk: Chunk) -> bool:
    """Let a log go on with a chunk, if that begins where the log ends, and it is not closed."""
    moved = connection.execute(
        update(live_logs)
        .where(
            _is(live_logs, key),
            live_logs.c.size == chunk.start,
            live_logs.c.closed_at.is_(None),
        )
        .values(size=chunk.end)
    )
    if not moved.rowcount:
        return False
    _insert_chunk(connection, key, chunk)
    return True


def crowded_logs(connection: Connection, many: int) -> list[LiveLog]:
    """The logs that are not closed and have more than `many` chunks."""
    counted = (
        select(live_chunks.c.step_id, live_chunks.c.attempt)
        .group_by(live_chunks.c.step_id, live_chunks.c.attempt)
        .having(func.count() > many)
        .subquery()
    )
    log = and_(live_logs.c.step_id == counted.c.step_id, live_logs.c.attempt == counted.c.attempt)
    query = select(live_logs).join(counted, log).where(live_logs.c.closed_at.is_(None))
    return [LiveLog(**row) for row in connection.execute(query).mappings()]


def replace_chunks(
    connection: Connection, key: AttemptKey, chunks: Collection[Chunk], merged: Chunk
) -> bool:
    """Let one chunk stand for these, if they are still those of the log, which is not closed."""
    log = live_log(connection, key, locked=True)
    if log is None or log.closed_at is not None:
        return False
    there = chunks_from(connection, key, merged.start)[: len(chunks)]
    if there != list(chunks):
        return False
    behind = live_chunks.c.start.between(merged.start, merged.end - 1)
    connection.execute(delete(live_chunks).where(_is(live_chunks, key), behind))
    _insert_chunk(connection, key, merged)
    return True


def close_live(connection: Connection, key: AttemptKey, at: Instant) -> LiveLog | None:
    """Add nothing to a log any more; how it stands, if there is any."""
    connection.execute(
        update(live_logs)
        .where(_is(live_logs, key), live_logs.c.closed_at.is_(None))
        .values(closed_at=at)
    )
    return live_log(connection, key)


def forget_live(connection: Connection, key: AttemptKey) -> None:
    """Know nothing of a log any more: it is elsewhere."""
    connection.execute(delete(live_chunks).where(_is(live_chunks, key)))
    connection.execute(delete(live_logs).where(_is(live_logs, key)))


def live_extents(
    connection: Connection, keys: Collection[AttemptKey]
) -> dict[AttemptKey, LiveExtent]:
    """How far the logs of these attempts go; those of attempts that are not there are left out."""
    wanted = sorted(keys)
    found: dict[AttemptKey, LiveExtent] = {}
    log = and_(live_logs.c.step_id == attempts.c.step_id, live_logs.c.attempt == attempts.c.number)
    for start in range(0, len(wanted), _AT_ONCE):
        some = tuple_(attempts.c.step_id, attempts.c.number).in_(wanted[start : start + _AT_ONCE])
        query = select(
            attempts.c.step_id,
            attempts.c.number,
            attempts.c.ended_at,
            live_logs.c.size,
            live_logs.c.closed_at,
        ).join(live_logs, log, isouter=True)
        for row in connection.execute(query.where(some)):
            ended = row.closed_at if row.size is not None else row.ended_at
            found[row.step_id, row.number] = LiveExtent(row.size or 0, ended is not None)
    return found


def known_live(connection: Connection, keys: Collection[AttemptKey]) -> set[AttemptKey]:
    """Those of the attempts whose logs are in chunks."""
    wanted = sorted(keys)
    found: set[AttemptKey] = set()
    key = tuple_(live_logs.c.step_id, live_logs.c.attempt)
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(live_logs.c.step_id, live_logs.c.attempt)
        some = connection.execute(query.where(key.in_(wanted[start : start + _AT_ONCE])))
        found |= {(row.step_id, row.attempt) for row in some}
    return found


def unsettled_logs(
    connection: Connection, after: AttemptKey, closed: Instant, ended: Instant, count: int
) -> list[LiveLog]:
    """Up to `count` logs behind `after` that were closed before `closed`, or were not while their
    attempts ended before `ended`."""
    key = tuple_(live_logs.c.step_id, live_logs.c.attempt)
    attempt = and_(
        attempts.c.step_id == live_logs.c.step_id, attempts.c.number == live_logs.c.attempt
    )
    found = connection.execute(
        select(live_logs)
        .join(attempts, attempt)
        .where(
            key > after,
            or_(
                live_logs.c.closed_at < closed,
                and_(live_logs.c.closed_at.is_(None), attempts.c.ended_at < ended),
            ),
        )
        .order_by(live_logs.c.step_id, live_logs.c.attempt)
        .limit(count)
    )
    return [LiveLog(**row) for row in found.mappings()]


def is_placed(connection: Connection, key: AttemptKey) -> bool:
    """Whether it is recorded that a log is elsewhere, or was removed."""
    query = select(log_places.c.step_id).where(_is(log_places, key))
    return connection.execute(query).first() is not None


def _insert_chunk(connection: Connection, key: AttemptKey, chunk: Chunk) -> None:
    connection.execute(
        insert(live_chunks).values(
            step_id=key[0],
            attempt=key[1],
            start=chunk.start,
            length=chunk.length,
            key=chunk.key,
        )
    )


def _is(table: Any, key: AttemptKey) -> ColumnElement[bool]:
    return and_(table.c.step_id == key[0], table.c.attempt == key[1])
