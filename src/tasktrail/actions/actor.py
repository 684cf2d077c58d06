"""Who acts, and where."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.model.author import Author


@dataclass(frozen=True, slots=True)
class Actor:
    """The author of what is about to be done, in one organization."""

    author: Author
    organization_id: int
