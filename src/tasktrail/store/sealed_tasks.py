"""The sealed tasks of an organization that fit a filter, as a set of positions (see `segments`)."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable

from sqlalchemy import Connection, func, literal, select

from tasktrail.model.administration import ADMINISTRATION
from tasktrail.store.bitset import bitset, full, unpack
from tasktrail.store.segment_summary import BELOW, IN_PROJECT, LOUD, ROOT, SEGMENT, facet
from tasktrail.store.segment_tables import task_facets, task_leftovers, task_segments
from tasktrail.store.set_cache import SetCache
from tasktrail.store.tables import projects, tasks
from tasktrail.store.task_filter import TaskFilter
from tasktrail.store.visibility import Sight, projects_named

_SEPARATOR = b"\0"
_ID_BYTES = 8


class SealedTasks:
    """What is sealed of one organization, as one reader sees it."""

    def __init__(self, connection: Connection, organization_id: int, segments: int) -> None:
        self._connection = connection
        self._organization_id = organization_id
        self._segments = segments
        options = connection.get_execution_options()
        self._sets: SetCache = options.get(CACHE_OPTION) or SetCache()

    def matching(self, sight: Sight, wanted: TaskFilter) -> int:
        """The positions of those that fit and may be seen. What other tasks have to do with them
        (`origin_task_id`, `repeated_task_id`) is not asked here."""
        bits = full(self._segments * SEGMENT)
        if sight.project_ids is not None:
            bits &= self._any(facet("project", one) for one in sight.project_ids)
        if not wanted.silent:
            bits &= self._set(LOUD)
        if wanted.roots_only:
            bits &= self._roots(sight)
        for alternatives in self._alternatives(sight, wanted):
            bits &= self._any(alternatives)
        if wanted.in_project is not None:
            linked = self._set(IN_PROJECT)
            bits &= linked if wanted.in_project else ~linked
        if wanted.administration is not None:
            recorded = self._any(facet("name", one) for one in ADMINISTRATION)
            bits &= recorded if wanted.administration else ~recorded
        if wanted.statuses:
            bits &= self._of_status([str(status) for status in wanted.statuses])
        if wanted.created_after is not None:
            bits &= self._created_after(wanted.created_after)
        if wanted.search and bits:
            bits &= self._found(wanted.search)
        return bits

    def task_ids(self, positions: list[int]) -> list[int]:
        """The tasks at these positions, which descend."""
        found: list[int] = []
        ids = func.substr  # bytes of a few rows, and not of all of the segment
        start = 0
        while start < len(positions):
            number = positions[start] // SEGMENT
            end = start
            while end < len(positions) and positions[end] // SEGMENT == number:
                end += 1
            places = [position % SEGMENT for position in positions[start:end]]
            low, high = places[-1], places[0]
            data = self._connection.execute(
                select(
                    ids(
                        task_segments.c.task_ids,
                        1 + _ID_BYTES * low,
                        _ID_BYTES * (high - low + 1),
                        type_=task_segments.c.task_ids.type,
                    )
                ).where(
                    task_segments.c.organization_id == self._organization_id,
                    task_segments.c.number == number,
                )
            ).scalar_one()
            some = array("Q")
            some.frombytes(data)
            found += [some[place - low] for place in places]
            start = end
        return found

    def _alternatives(self, sight: Sight, wanted: TaskFilter) -> Iterable[list[str]]:
        """Lists of facets; a task must have one of each list."""
        if wanted.names:
            yield [facet("name", one) for one in wanted.names]
        if wanted.projects:
            query = select(projects.c.id).where(projects_named(sight, wanted.projects))
            yield [facet("project", one) for one in self._connection.execute(query).scalars()]
        if wanted.project_ids:
            yield [facet("project", one) for one in wanted.project_ids]
        if wanted.resources:
            yield [facet("resource", one.kind, one.id) for one in wanted.resources]
        for one in wanted.all_resources:
            yield [facet("resource", one.kind, one.id)]
        if wanted.authors:
            yield [facet("author", one) for one in wanted.authors]
        if wanted.users:
            yield [facet("user", one) for one in wanted.users]
        if wanted.roles:
            yield [facet("role", one) for one in wanted.roles]

    def _roots(self, sight: Sight) -> int:
        """Those that stand below no other that may be seen (see `visibility.stands_alone`)."""
        if sight.project_ids is None:
            return self._set(ROOT)
        return ~self._any(facet(BELOW, one) for one in sight.project_ids)

    def _any(self, names: Iterable[str]) -> int:
        """The tasks that have one of these facets. What several have together is kept as one set:
        who sees many projects asks for all of theirs each time."""
        several = sorted(set(names))
        if len(several) <= 1:
            return self._set(several[0]) if several else 0
        return self._held(facet("any", *several), several)

    def _set(self, name: str) -> int:
        """The tasks that have a facet."""
        return self._held(name, [name])

    def _held(self, name: str, facets: list[str]) -> int:
        """The tasks that have one of `facets`, kept under `name`."""

        def load(first: int, end: int) -> int:
            query = select(task_facets.c.segment, task_facets.c.bits).where(
                task_facets.c.organization_id == self._organization_id,
                task_facets.c.facet.in_(facets),
                task_facets.c.segment.between(first, end - 1),
            )
            parts = [0] * (end - first)
            for row in self._connection.execute(query):
                parts[row.segment - first] |= unpack(row.bits)
            return _joined(parts)

        return self._sets.get((self._organization_id, name), self._segments, load)

    def _of_status(self, statuses: list[str]) -> int:
        """Those that had one of them when they were sealed, and leftovers that have one now."""
        leftovers = self._connection.execute(
            select(task_leftovers.c.position)
            .join(tasks, tasks.c.id == task_leftovers.c.task_id)
            .where(
                task_leftovers.c.organization_id == self._organization_id,
                task_leftovers.c.position < self._segments * SEGMENT,
                tasks.c.status.in_(statuses),
            )
        )
        return self._any(facet("status", one) for one in statuses) | bitset(leftovers.scalars())

    def _created_after(self, moment: int) -> int:
        """Whole segments by the times that they are between, and a look into the others."""
        here = task_segments.c.organization_id == self._organization_id
        rows = self._connection.execute(
            select(
                task_segments.c.number, task_segments.c.created_first, task_segments.c.created_last
            )
            .where(here, task_segments.c.created_last > moment)
            .where(task_segments.c.number < self._segments)
        ).all()
        whole = {row.number for row in rows if row.created_first > moment}
        parts = [full(SEGMENT) if one in whole else 0 for one in range(self._segments)]
        for row in rows:
            if row.number not in whole:
                parts[row.number] = self._part_after(row.number, moment)
        return _joined(parts)

    def _part_after(self, number: int, moment: int) -> int:
        ids = self._ids_of(number)
        later = self._connection.execute(
            select(tasks.c.id).where(
                tasks.c.organization_id == self._organization_id,
                tasks.c.id.between(ids[0], ids[-1]),
                tasks.c.created_at > moment,
            )
        )
        return bitset(bisect_right(ids, task_id) - 1 for task_id in later.scalars())

    def _ids_of(self, number: int) -> array[int]:
        found = array("Q")
        found.frombytes(
            self._connection.execute(
                select(task_segments.c.task_ids).where(
                    task_segments.c.organization_id == self._organization_id,
                    task_segments.c.number == number,
                )
            ).scalar_one()
        )
        return found

    def _found(self, words: str) -> int:
        """Those with a title or a name that holds `words`, in whatever case.

        The database has made the letters of the stored texts small, and does so with the words:
        so the same is found here as among the tasks that are not sealed.
        """
        if "\0" in words:  # no stored text holds that
            return 0
        small = self._connection.execute(select(func.lower(literal(words)))).scalar_one()
        needle = small.encode()

        def load(first: int, end: int) -> int:
            query = (
                select(task_segments.c.titles, task_segments.c.names)
                .where(
                    task_segments.c.organization_id == self._organization_id,
                    task_segments.c.number.between(first, end - 1),
                )
                .order_by(task_segments.c.number)
            )
            rows = self._connection.execute(query)
            return _joined([_holding(needle, row.titles, row.names) for row in rows])

        key = self._organization_id, facet("search", small)
        return self._sets.get(key, self._segments, load)


CACHE_OPTION = "tasktrail_sets"
"""The execution option under which a store keeps its `SetCache`."""


def _joined(parts: list[int]) -> int:
    """The set of sets that follow each other, a segment each."""
    return int.from_bytes(
        b"".join(part.to_bytes(SEGMENT // 8, "little") for part in parts), "little"
    )


def _holding(needle: bytes, titles: bytes, names: bytes) -> int:
    """The places of a segment where the needle is in one of the texts."""
    if needle in names:
        all_names = names.split(_SEPARATOR)
        hits = {name for name in set(all_names) if needle in name}
        pairs = zip(titles.split(_SEPARATOR), all_names, strict=True)
        return _bits_of([name in hits or needle in title for title, name in pairs])
    if needle in titles:
        return _bits_of([needle in title for title in titles.split(_SEPARATOR)])
    return 0


def _bits_of(held: list[bool]) -> int:
    return int("".join(["1" if one else "0" for one in reversed(held)]), 2)
