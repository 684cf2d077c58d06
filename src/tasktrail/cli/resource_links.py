"""Things of the platform as they are named on the command line: `cluster:7`."""

from __future__ import annotations

from collections.abc import Iterable

from tasktrail.errors import InvalidInputError
from tasktrail.model.plan import Resource


def read_resources(given: Iterable[str]) -> tuple[Resource, ...]:
    """Each `KIND:ID` as a resource; an id may have colons in it.

    Raises:
        InvalidInputError: one is not of this form.
    """
    return tuple(map(_read, given))


def _read(text: str) -> Resource:
    kind, _, identifier = (part.strip() for part in text.partition(":"))
    if not (kind and identifier):
        raise InvalidInputError(
            f"'{text}' names no resource", hint="write KIND:ID, such as cluster:7"
        )
    return Resource(kind, identifier)
