from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktrail.model.instant import Instant, from_datetime, to_rfc3339

_YEAR_9999 = 253_370_764_800_000_000


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1_764_000_770_123_456, "2025-11-24T16:12:50.123456Z"),
        (1_764_000_770_000_000, "2025-11-24T16:12:50.000000Z"),
    ],
)
def test_a_moment_is_told_in_utc_with_all_its_microseconds(instant: int, text: str) -> None:
    assert to_rfc3339(Instant(instant)) == text


@given(st.integers(-_YEAR_9999 // 8, _YEAR_9999))
def test_a_moment_that_was_told_is_the_same_one(instant: int) -> None:
    told = to_rfc3339(Instant(instant))
    assert from_datetime(datetime.fromisoformat(told)) == instant
