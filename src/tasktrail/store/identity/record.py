"""From rows to records."""

from __future__ import annotations

from typing import TypeVar

import msgspec

R = TypeVar("R", bound=msgspec.Struct)


def record_of(row: object, shape: type[R]) -> R:
    """The row as a record with fields of the same names as its columns."""
    return msgspec.convert(row, shape, strict=False, from_attributes=True)
