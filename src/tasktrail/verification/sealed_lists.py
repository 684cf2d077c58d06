"""What was summed up of old tasks for lists is what their records say (see `store.segments`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tasktrail.store.segment_summary import SEGMENT, Segment, segment_anew, stored_segment
from tasktrail.store.store import Connection
from tasktrail.verification.finding import Finding, Invariant

_MOST = 20
"""Findings of one segment that are told."""


def wrong_segment(connection: Connection, organization_id: int, number: int) -> list[Finding]:
    """What is wrong with a segment, as of one moment."""
    stored = stored_segment(connection, organization_id, number)
    return list(_differences(stored, segment_anew(connection, stored)))


def _differences(stored: Segment, anew: Segment) -> Iterator[Finding]:
    place = f"segment {stored.number} of organization {stored.organization_id}"
    if len(stored.task_ids) != SEGMENT:
        yield _of(f"{place} has {len(stored.task_ids)} tasks, not {SEGMENT}")
        return
    if stored.task_ids != anew.task_ids:
        missing = set(anew.task_ids) ^ set(stored.task_ids)
        yield _of(f"{place} and the records differ in the tasks {_named(missing)}")
        return  # everything else goes by their places
    for what, before, now in (
        ("the times", stored.created, anew.created),
        ("the titles", stored.titles, anew.titles),
        ("the names", stored.names, anew.names),
    ):
        if before != now:
            yield _of(f"{place} has not {what} of the records")
    names = sorted({*stored.members, *anew.members})
    wrong = [name for name in names if _places(stored, name) != _places(anew, name)]
    for name in wrong[:_MOST]:
        places = _places(stored, name) ^ _places(anew, name)
        tasks = _named(stored.task_ids[one] for one in places)
        said = name.replace("\x1f", ":")
        yield _of(f"{place} and the records differ in {said!r} of the tasks {tasks}")


def _places(segment: Segment, name: str) -> set[int]:
    return set(segment.members.get(name, ()))


def _named(task_ids: Iterable[int]) -> str:
    found = sorted(task_ids)
    return ", ".join(map(str, found[:_MOST])) + (", ..." if len(found) > _MOST else "")


def _of(message: str) -> Finding:
    return Finding(Invariant.LISTS, message)
