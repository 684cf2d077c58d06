"""Pages of lists (rest-contract.md, "General")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query

from tasktrail.actions.task_query import DEFAULT_PAGE, LARGEST_PAGE

_LAST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted; pages count from 1."""

    number: int
    size: int

    @property
    def start(self) -> int:
        """How many items come before this page."""
        return (self.number - 1) * self.size

    def of(self, items: list[Any]) -> dict[str, Any]:
        """This page of all `items`, in the shape of a list."""
        return self.with_items(items[self.start : self.start + self.size], len(items))

    def with_items(self, items: list[Any], total: int) -> dict[str, Any]:
        """The `items` of this page, of `total` ones in all, in the shape of a list."""
        return {
            "items": items,
            "totalCount": total,
            "nextPage": self.number + 1 if self.start + self.size < total else None,
        }


async def _page(
    page: Annotated[int, Query(ge=1, le=_LAST, description="Counts from 1.")] = 1,
    page_size: Annotated[int, Query(alias="pageSize", ge=1, le=LARGEST_PAGE)] = DEFAULT_PAGE,
) -> Page:
    return Page(page, page_size)


Paging = Annotated[Page, Depends(_page)]
"""The parameters `page` and `pageSize` of a list."""
